// What a test asks of a browser's tab, whichever engine draws it.

/** A tab of a browser of its own: it shares no cookies with others. Expressions are JavaScript that runs in the page. */
export interface Tab {
  goto(address: string): Promise<void>;
  /** What an expression gives, awaited where it is a promise; it travels as JSON. */
  value(expression: string): Promise<unknown>;
  /** Clicks the element that an expression gives, as a person would. */
  click(element: string): Promise<void>;
  /** Types into the field that an expression gives. */
  type(field: string, text: string): Promise<void>;
  /** A picture of it, as PNG. */
  picture(): Promise<Buffer>;
  /** The faults of the page's scripts, as far as the engine tells. */
  readonly faults: readonly string[];
}

/** What a browser may be without: its owner forbade it, or a blocker did. */
export type Lack = 'cookies' | 'WebAssembly';

/** A browser that opens tabs. */
export interface Engine {
  open(): Promise<Tab>;
  close(): Promise<void>;
}

/** How long an engine may take for anything, in milliseconds. */
export const PATIENCE = 180_000;
