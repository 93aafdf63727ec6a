//! Control and moderator links: created, redeemed, replaced, and revoked.

use std::collections::HashMap;

use app::{
    domain::{
        access::{AccessKey, Link, LinkId, LinkKind, LinkUsage, NewLink, Redemption},
        role::Right,
        text::Label,
    },
    service::ServiceError,
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{access_key, grant};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, sea_query::Expr,
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{
    SessionId, Store, StoreError, VisitorId, access,
    pools::Lane,
    replaced_links,
    rows::{to_kind, to_link},
    session_tx::Committed,
};
use crate::{clock::Clock, idempotent_ids::Seed};

/// A link's last use is written at most this often.
const LAST_USE_IS_EXACT_TO: TimeDelta = TimeDelta::minutes(1);

/// A link that was created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedLink {
    /// As it was first answered.
    pub created: NewLink,
    /// Whether it was created just now; if not, it was created before, and this is a retry.
    pub is_new: bool,
}

impl CreatedLink {
    fn now(created: NewLink) -> Self {
        let is_new = true;
        Self { created, is_new }
    }

    fn before(created: NewLink) -> Self {
        let is_new = false;
        Self { created, is_new }
    }
}

impl Store {
    /// Records the grant of a link for a visitor.
    ///
    /// # Errors
    /// `ServiceError::InvalidLink`, the same for wrong, foreign and revoked links.
    pub async fn redeem(
        &self,
        clock: &Clock,
        session: SessionId,
        visitor: VisitorId,
        key: &AccessKey,
    ) -> Result<Redemption, StoreError> {
        let (clock, key) = (clock.clone(), key.clone());
        self.write(Lane::Requests, |writer| async move {
            // Under the session's lock, so that a link that is being revoked grants nothing any more.
            let (tx, locked) = writer.session(session).await?;
            let now = clock.now();
            let row = access_key::Entity::find()
                .filter(access_key::Column::Selector.eq(key.selector.to_vec()))
                .one(&tx)
                .await?
                .ok_or(ServiceError::InvalidLink)?;
            let proven: bool = hash(&key).ct_eq(row.verifier_hash.as_slice()).into();
            let fits = row.session_id == session.0 && to_kind(row.role) == key.kind;
            if !(proven && fits && row.revoked_at.is_none()) {
                return Err(ServiceError::InvalidLink.into());
            }
            access_key::Entity::update_many()
                .col_expr(access_key::Column::LastUsedAt, Expr::value(now))
                .filter(access_key::Column::SessionId.eq(row.session_id))
                .filter(access_key::Column::Id.eq(row.id))
                .exec(&tx)
                .await?;
            access::grant(&tx, session.0, visitor, LinkId(row.id), now).await?;
            let role = access::role(&tx, session.0, visitor).await?;
            let redeemed = Redemption {
                role,
                first_use: row.last_used_at.is_none(),
            };
            locked.commit(tx, redeemed, now).await
        })
        .await
    }

    /// A session's links, oldest first.
    pub async fn links(&self, session: SessionId) -> Result<Vec<Link>, StoreError> {
        self.read(async |tx| {
            let rows = access_key::Entity::find()
                .filter(access_key::Column::SessionId.eq(session.0))
                .order_by_asc(access_key::Column::CreatedAt)
                .order_by_asc(access_key::Column::Id)
                .all(tx)
                .await?;
            let mut uses = uses(tx, session).await?;
            let links = rows.into_iter().map(|row| {
                let uses = uses.remove(&row.id).unwrap_or_default();
                Ok(Link {
                    uses,
                    ..to_link(row)?
                })
            });
            links.collect()
        })
        .await
    }

    /// Records that a visitor's links are in use, with a resolution of a minute. One that nobody has redeemed yet is left alone:
    /// whoever redeems it first is asked to save it.
    pub async fn touch_links(
        &self,
        clock: &Clock,
        session: SessionId,
        visitor: VisitorId,
    ) -> Result<(), StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, |writer| async move {
            let now = clock.now();
            let held = grant::Entity::find()
                .select_only()
                .column(grant::Column::AccessKeyId)
                .filter(grant::Column::SessionId.eq(session.0))
                .filter(grant::Column::VisitorId.eq(visitor.0))
                .into_query();
            // Without the session's lock, because nothing that its pages show live is written.
            let tx = writer.begin().await?;
            access_key::Entity::update_many()
                .col_expr(access_key::Column::LastUsedAt, Expr::value(now))
                .filter(access_key::Column::SessionId.eq(session.0))
                .filter(access_key::Column::Id.in_subquery(held))
                .filter(access_key::Column::RevokedAt.is_null())
                .filter(access_key::Column::LastUsedAt.lt(now - LAST_USE_IS_EXACT_TO))
                .exec(&tx)
                .await?;
            tx.commit().await?;
            Ok(Committed::without_news(()))
        })
        .await
    }

    /// Creates a moderator link, in the name of the streamer. Another attempt with the same seed creates no second one, and gets
    /// the first answer.
    ///
    /// # Errors
    /// `ServiceError::TooManyLinks`; `ServiceError::Forbidden` if the author is no streamer any more.
    pub async fn mint_link(
        &self,
        clock: &Clock,
        session: SessionId,
        author: VisitorId,
        label: Label,
        seed: Seed,
    ) -> Result<CreatedLink, StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, |writer| async move {
            let (tx, locked) = writer.session(session).await?;
            authorize(&tx, session, author).await?;
            if let Some(minted) = minted_before(&tx, session, LinkKind::Moderator, seed).await? {
                tx.rollback().await?;
                return Ok(Committed::without_news(CreatedLink::before(minted)));
            }
            let links = access_key::Entity::find()
                .filter(access_key::Column::SessionId.eq(session.0))
                .count(&tx)
                .await?;
            // A leaked control link can be replaced all the same.
            if links >= Link::MOST.into() {
                return Err(ServiceError::TooManyLinks.into());
            }
            let now = clock.now();
            let minted = mint(&tx, session.0, LinkKind::Moderator, label, seed, now).await?;
            locked.commit(tx, CreatedLink::now(minted), now).await
        })
        .await
    }

    /// Revokes a moderator link, in the name of the streamer; revoking it again is no error.
    ///
    /// # Errors
    /// `ServiceError::InvalidLink` if the session has no such moderator link; a control link is replaced instead.
    /// `ServiceError::Forbidden` if the author is no streamer any more.
    pub async fn revoke_link(
        &self,
        clock: &Clock,
        session: SessionId,
        author: VisitorId,
        id: LinkId,
    ) -> Result<(), StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, |writer| async move {
            let (tx, mut locked) = writer.session(session).await?;
            authorize(&tx, session, author).await?;
            let row = access_key::Entity::find_by_id((session.0, id.0))
                .filter(access_key::Column::Role.eq(access_key::Role::Moderator))
                .one(&tx)
                .await?
                .ok_or(ServiceError::InvalidLink)?;
            let now = clock.now();
            if row.revoked_at.is_none() {
                access_key::Entity::update_many()
                    .col_expr(access_key::Column::RevokedAt, Expr::value(now))
                    .filter(access_key::Column::SessionId.eq(session.0))
                    .filter(access_key::Column::Id.eq(id.0))
                    .exec(&tx)
                    .await?;
                // No revision grows, but streams have to end.
                locked.has_news();
            }
            locked.commit(tx, (), now).await
        })
        .await
    }

    /// Revokes the control link, creates another one, and grants it to its author only: the streamer, or nobody if the operator
    /// does this. Another attempt with the same seed revokes nothing, and gets the first answer: a late one must not revoke
    /// what was created since. There may be any number of replacements, so only the newest of the old links are kept.
    ///
    /// # Errors
    /// `ServiceError::InvalidLink` if what an earlier attempt created was replaced; `ServiceError::Forbidden` if the author is
    /// no streamer any more.
    pub async fn replace_control_link(
        &self,
        clock: &Clock,
        session: SessionId,
        author: Option<VisitorId>,
        seed: Seed,
    ) -> Result<CreatedLink, StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, |writer| async move {
            let (tx, mut locked) = writer.session(session).await?;
            if let Some(author) = author {
                authorize(&tx, session, author).await?;
            }
            if let Some(minted) = minted_before(&tx, session, LinkKind::Control, seed).await? {
                tx.rollback().await?;
                return Ok(Committed::without_news(CreatedLink::before(minted)));
            }
            let now = clock.now();
            access_key::Entity::update_many()
                .col_expr(access_key::Column::RevokedAt, Expr::value(now))
                .filter(access_key::Column::SessionId.eq(session.0))
                .filter(access_key::Column::Role.eq(access_key::Role::Streamer))
                .filter(access_key::Column::RevokedAt.is_null())
                .exec(&tx)
                .await?;
            let label = control_label()?;
            let minted = mint(&tx, session.0, LinkKind::Control, label, seed, now).await?;
            if let Some(author) = author {
                access::grant(&tx, session.0, author, minted.link.id, now).await?;
            }
            replaced_links::delete_some(&tx, session).await?;
            locked.has_news();
            locked.commit(tx, CreatedLink::now(minted), now).await
        })
        .await
    }
}

/// Checks under the session's lock that the author may still change its links: the control link may have been replaced since the
/// caller was authorized, and whoever held the old one must not make another one.
async fn authorize(
    tx: &DatabaseTransaction,
    session: SessionId,
    author: VisitorId,
) -> Result<(), StoreError> {
    let right = Right::ManageLinks;
    match access::role(tx, session.0, author).await?.may(right) {
        true => Ok(()),
        false => Err(ServiceError::Forbidden(right).into()),
    }
}

/// How a session's links were used.
async fn uses(
    tx: &DatabaseTransaction,
    session: SessionId,
) -> Result<HashMap<Uuid, LinkUsage>, StoreError> {
    let grants: Vec<(Uuid, Option<DateTime<Utc>>)> = grant::Entity::find()
        .select_only()
        .column(grant::Column::AccessKeyId)
        .column(grant::Column::CreatedAt)
        .filter(grant::Column::SessionId.eq(session.0))
        .into_tuple()
        .all(tx)
        .await?;
    let mut uses = HashMap::<Uuid, LinkUsage>::new();
    for (link, redeemed_at) in grants {
        let uses = uses.entry(link).or_default();
        uses.browsers = uses.browsers.saturating_add(1);
        uses.redeemed_at.extend(redeemed_at);
    }
    for uses in uses.values_mut() {
        uses.redeemed_at.sort_unstable_by(|a, b| b.cmp(a));
        uses.redeemed_at.truncate(LinkUsage::MOST);
    }
    Ok(uses)
}

/// The secret of the link that a seed yields.
pub(super) fn key(seed: Seed, kind: LinkKind) -> AccessKey {
    AccessKey {
        kind,
        selector: seed.bytes("selector"),
        verifier: seed.bytes("verifier"),
    }
}

fn link_id(seed: Seed) -> Uuid {
    seed.uuid("link")
}

/// The link that an earlier attempt with this seed created.
///
/// # Errors
/// `ServiceError::InvalidLink` if it has been revoked since: nobody must be shown it as a new one.
async fn minted_before(
    tx: &DatabaseTransaction,
    session: SessionId,
    kind: LinkKind,
    seed: Seed,
) -> Result<Option<NewLink>, StoreError> {
    let row = access_key::Entity::find_by_id((session.0, link_id(seed)))
        .one(tx)
        .await?;
    let minted = row.map(|row| {
        if row.revoked_at.is_some() {
            return Err(ServiceError::InvalidLink.into());
        }
        Ok(NewLink {
            link: to_link(row)?,
            key: key(seed, kind),
        })
    });
    minted.transpose()
}

/// Writes the link that a seed yields.
pub(super) async fn mint(
    tx: &DatabaseTransaction,
    session: Uuid,
    kind: LinkKind,
    label: Label,
    seed: Seed,
    now: DateTime<Utc>,
) -> Result<NewLink, StoreError> {
    let key = key(seed, kind);
    let row = access_key::Model {
        session_id: session,
        id: link_id(seed),
        role: match kind {
            LinkKind::Control => access_key::Role::Streamer,
            LinkKind::Moderator => access_key::Role::Moderator,
        },
        label: label.into(),
        selector: key.selector.to_vec(),
        verifier_hash: hash(&key).to_vec(),
        created_at: now,
        last_used_at: None,
        revoked_at: None,
    };
    access_key::Entity::insert(row.clone().into_active_model())
        .exec_without_returning(tx)
        .await?;
    let link = to_link(row)?;
    Ok(NewLink { link, key })
}

/// The label of a control link.
pub(super) fn control_label() -> Result<Label, StoreError> {
    Label::parse("Control link").map_err(|_| StoreError::Unreadable { what: "label" })
}

fn hash(key: &AccessKey) -> [u8; 32] {
    Sha256::digest(key.verifier).into()
}
