/** Small pieces of the page. */
import type { ComponentChildren } from "preact";
import type { Asked } from "./hooks.ts";

export const Note = ({ children }: { children: ComponentChildren }) => <p class="note">{children}</p>;

export const Problem = ({ children }: { children: ComponentChildren }) => (
  <p class="problem" role="alert">
    {children}
  </p>
);

/** What was answered, or why not. */
export function Answer<T>({ of, children }: { of: Asked<T>; children: (value: T) => ComponentChildren }) {
  const { value, error } = of;
  if (value === undefined && error === undefined) return <Note>Loading …</Note>;
  return (
    <>
      {error !== undefined && <Problem>{error}</Problem>}
      {value !== undefined && children(value)}
    </>
  );
}

/** A word with a colour that says the same. */
export const Tag = ({ as = "plain", children }: { as?: string; children: ComponentChildren }) => (
  <span class={`tag ${as}`}>{children}</span>
);

/** A field with its name. */
export const Field = ({ name, hint, children }: { name: string; hint?: string; children: ComponentChildren }) => (
  // biome-ignore lint/a11y/noLabelWithoutControl: what stands within is one
  <label class="field">
    <span>
      {name} {hint !== undefined && <small>{hint}</small>}
    </span>
    {children}
  </label>
);
