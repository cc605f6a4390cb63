/** A question to the policies, and why it is answered so; and the policies that there are. */
import { useState } from "preact/hooks";
import type { EntryView, ExplanationView, PoliciesView, PolicyView, QuestionView } from "../../src/inspect/api.ts";
import { useAnswer, useSettled } from "../hooks.ts";
import { Answer, Field, Note, Problem, Tag } from "../parts.tsx";

/** `{…}` as JSON; undefined where it is none. */
function object(text: string): { [name: string]: unknown } | undefined {
  if (text.trim() === "") return {};
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function Policies() {
  const policies = useAnswer<PoliciesView>("policies", {}, 5000);
  return (
    <Answer of={policies}>
      {(known) => (
        <>
          <Ask known={known} />
          <h3>{known.policies.length === 0 ? "There are no policies" : `All ${known.policies.length} policies`}</h3>
          <Note>
            {known.strict
              ? "What no policy allows is denied (strict mode)."
              : "Strict mode is off: without an actor or policies everything is allowed."}
          </Note>
          {known.policies.map((policy) => (
            <Policy key={policy.id} {...policy} />
          ))}
        </>
      )}
    </Answer>
  );
}

function Ask({ known }: { known: PoliciesView }) {
  const entries = useAnswer<readonly EntryView[]>("entries");
  const [actor, setActor] = useState("");
  const [meta, setMeta] = useState("");
  const [action, setAction] = useState("store.key.get");
  const [resource, setResource] = useState<string>();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const attributes = known.actions[action] ?? [];
  const about = action.startsWith("funcs.") ? "function." : "store.";
  const likely = (entries.value ?? []).filter(({ kind }) => kind.startsWith(about)).map(({ id }) => id);
  const asked = resource ?? likely[0] ?? "";
  const given = Object.fromEntries(attributes.flatMap((name) => (values[name] ? [[name, values[name]]] : [])));
  const data = object(meta);
  return (
    <section class="card" aria-labelledby="ask">
      <h3 id="ask">May they?</h3>
      <div class="fields">
        <Field name="Actor" hint={known.actor === undefined ? "nobody" : `default: ${known.actor}`}>
          <input value={actor} spellcheck={false} onInput={(e) => setActor(e.currentTarget.value)} />
        </Field>
        {actor !== "" && (
          <Field name="Data of the actor" hint="JSON">
            <input
              value={meta}
              spellcheck={false}
              placeholder='{"team": "core"}'
              onInput={(e) => setMeta(e.currentTarget.value)}
            />
          </Field>
        )}
        <Field name="Action">
          <input list="actions" value={action} spellcheck={false} onInput={(e) => setAction(e.currentTarget.value)} />
        </Field>
        <Field name="Resource">
          <input list="ids" value={asked} spellcheck={false} onInput={(e) => setResource(e.currentTarget.value)} />
        </Field>
        {attributes.map((name) => (
          <Field key={name} name={name[0]!.toUpperCase() + name.slice(1)}>
            <input
              value={values[name] ?? ""}
              spellcheck={false}
              onInput={(e) => setValues({ ...values, [name]: e.currentTarget.value })}
            />
          </Field>
        ))}
      </div>
      <datalist id="actions">
        {Object.keys(known.actions).map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <datalist id="ids">
        {likely.map((id) => (
          <option key={id} value={id} />
        ))}
      </datalist>
      {data === undefined && <Problem>The data of the actor are not JSON such as {'{"team": "core"}'}.</Problem>}
      {data !== undefined && action !== "" && asked !== "" && (
        <Explained
          action={action}
          resource={asked}
          attributes={given}
          {...(actor === "" ? {} : { actor: { id: actor, meta: data } })}
        />
      )}
    </section>
  );
}

function Explained(question: QuestionView) {
  const settled = useSettled(JSON.stringify(question));
  const answer = useAnswer<ExplanationView>("explain", { question: settled });
  return (
    <Answer of={answer}>
      {({ decision, reason, policies, remedy, note }) => (
        <div aria-live="polite">
          <p class="decision">
            <Tag as={decision === "allow" ? "good" : "bad"}>{decision === "allow" ? "allowed" : "denied"}</Tag> {reason}
          </p>
          {note !== undefined && <Note>Note: {note}</Note>}
          <ul class="list">
            {policies.map((policy) => (
              <Considered key={policy.id} {...policy} />
            ))}
          </ul>
          {remedy !== undefined && (
            <>
              <Note>To allow it, add to the registry:</Note>
              <pre>{remedy}</pre>
            </>
          )}
        </div>
      )}
    </Answer>
  );
}

type Considered = ExplanationView["policies"][number];

const outcomes = { holds: "good", fails: "bad", error: "warn" } as const;

function Considered({ id, effect, place, applies, matchesAction, matchesResource, conditions }: Considered) {
  const other = [matchesAction ? [] : ["action"], matchesResource ? [] : ["resource"]].flat().join(" and ");
  return (
    <li class={applies ? "" : "faint"}>
      <Tag as={applies ? (effect === "allow" ? "good" : "bad") : "plain"}>{applies ? effect : "does not apply"}</Tag>{" "}
      <code>{id}</code> <small>{place}</small>
      {other !== "" && <small> is about another {other}</small>}
      <ul class="list">
        {conditions.map(({ text, outcome, place: at }) => (
          <li key={at}>
            <Tag as={outcomes[outcome]}>{outcome}</Tag> <code>{text}</code>
          </li>
        ))}
      </ul>
    </li>
  );
}

const Policy = ({ id, effect, place, actions, resources, conditions, groups }: PolicyView) => (
  <details>
    <summary>
      <Tag as={effect === "allow" ? "good" : "bad"}>{effect}</Tag> <code>{id}</code> <small>{place}</small>
    </summary>
    <dl>
      <dt>Actions</dt>
      <dd>
        <code>{actions.join(", ")}</code>
      </dd>
      <dt>Resources</dt>
      <dd>
        <code>{resources.join(", ")}</code>
      </dd>
      {conditions.length > 0 && <dt>Conditions</dt>}
      {conditions.map((text) => (
        <dd key={text}>
          <code>{text}</code>
        </dd>
      ))}
      <dt>Groups</dt>
      <dd>{groups.length === 0 ? "none" : groups.join(", ")}</dd>
    </dl>
  </details>
);
