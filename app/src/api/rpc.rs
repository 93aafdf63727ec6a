//! How the call of a server function travels: a POST with JSON there and back. The client that `server_fn` brings streams
//! and opens sockets too, which no page does, and every page would download.

use send_wrapper::SendWrapper;
use serde::{Serialize, de::DeserializeOwned};
use server_fn::{Http, Protocol, client::Client, server::Server};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, RequestInit, Response};

use crate::{
    json::{self, Json},
    service::ServiceError,
};

/// JSON there and back.
pub struct Rpc;

type OverHttp = Http<Json, Json>;

impl<Input, Output, C, S> Protocol<Input, Output, C, S, ServiceError> for Rpc
where
    Input: Serialize + DeserializeOwned + Send,
    Output: Serialize + DeserializeOwned + Send,
    C: Client<ServiceError>,
    S: Server<ServiceError>,
{
    const METHOD: http::Method = http::Method::POST;

    async fn run_server<F, Answer>(
        request: S::Request,
        function: F,
    ) -> Result<S::Response, ServiceError>
    where
        F: Fn(Input) -> Answer + Send,
        Answer: Future<Output = Result<Output, ServiceError>> + Send,
    {
        <OverHttp as Protocol<Input, Output, C, S, ServiceError>>::run_server(request, function)
            .await
    }

    async fn run_client(path: &str, input: Input) -> Result<Output, ServiceError> {
        // A browser has one thread.
        let answer = SendWrapper::new(call(path, json::write(&input))).await?;
        json::read(&answer).ok_or(ServiceError::Unreachable)
    }
}

/// Calls a function, and returns its answer as JSON. What can be done without the function's types is done here, because it
/// is then compiled once.
async fn call(path: &str, json: String) -> Result<String, ServiceError> {
    match post(path, json).await {
        Ok(Answer::Done(json)) => Ok(json),
        Ok(Answer::Refused(status, json)) => Err(refusal(status, &json)),
        Err(_) => Err(ServiceError::Unreachable),
    }
}

/// Why nothing was done. What the server says is JSON; anything else comes from something on the way, of which a 403 alone is
/// told as what it is: a proxy says with other statuses that its server is away.
fn refusal(status: u16, json: &str) -> ServiceError {
    json::read(json).unwrap_or(match status {
        403 => ServiceError::RefusedOnTheWay,
        _ => ServiceError::Unreachable,
    })
}

/// What came back: JSON, if it is the server's.
enum Answer {
    Done(String),
    /// With its status.
    Refused(u16, String),
}

/// Ends a request that nobody waits for any more; one that was answered it leaves alone.
struct Ending(AbortController);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn post(path: &str, json: String) -> Result<Answer, JsValue> {
    let headers = Headers::new()?;
    headers.set("content-type", "application/json")?;
    headers.set("accept", "application/json")?;
    let ending = Ending(AbortController::new()?);
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&json.into());
    init.set_signal(Some(&ending.0.signal()));
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let answer = JsFuture::from(window.fetch_with_str_and_init(path, &init)).await?;
    let answer: Response = answer.dyn_into()?;
    let text = JsFuture::from(answer.text()?).await?;
    let text = text.as_string().unwrap_or_default();
    Ok(match answer.ok() {
        true => Answer::Done(text),
        false => Answer::Refused(answer.status(), text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::role::Right;

    #[test]
    fn a_403_is_the_servers_only_if_it_says_why() {
        let forbidden = ServiceError::Forbidden(Right::Moderate);
        assert_eq!(refusal(403, &json::write(&forbidden)), forbidden);
        for foreign in ["<h1>Forbidden</h1>", ""] {
            assert_eq!(refusal(403, foreign), ServiceError::RefusedOnTheWay);
            assert_eq!(refusal(404, foreign), ServiceError::Unreachable);
        }
    }
}
