/** What panels have in common: answers that are asked for again and again, and the time. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { get } from "./api.ts";

export interface Asked<T> {
  readonly value?: T;
  readonly error?: string;
  readonly isAsking: boolean;
  again(): void;
}

/**
 * What an address answers. An answer that comes after another question was asked is dropped.
 * @param every asks again so often, in milliseconds, while the page is looked at
 */
export function useAnswer<T>(
  path: string | undefined,
  query: Readonly<Record<string, string>> = {},
  every?: number,
): Asked<T> {
  const [state, setState] = useState<{ value?: T; error?: string; isAsking: boolean }>({ isAsking: true });
  const question = useRef(0);
  const asked = JSON.stringify([path, query]);
  const ask = useCallback(() => {
    if (path === undefined) return;
    const mine = ++question.current;
    setState((before) => ({ ...before, isAsking: true }));
    get<T>(path, query).then(
      (value) => mine === question.current && setState({ value, isAsking: false }),
      (e: Error) =>
        mine === question.current && setState((before) => ({ ...before, error: e.message, isAsking: false })),
    );
  }, [asked]);
  useEffect(() => {
    setState({ isAsking: true });
    ask();
    if (every === undefined) return;
    const timer = setInterval(() => document.hidden || ask(), every);
    return () => clearInterval(timer);
  }, [ask, every]);
  return { ...state, again: ask };
}

/** The time, once a second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** What was typed, when nothing was typed for a moment. */
export function useSettled<T>(value: T, after = 250): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), after);
    return () => clearTimeout(timer);
  }, [value, after]);
  return settled;
}
