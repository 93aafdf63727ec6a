// Which engine a project's tests run in.
export type EngineOptions = { engine: 'chromium' | 'firefox' | 'webkit' };
