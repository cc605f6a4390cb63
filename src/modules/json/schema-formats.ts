/** The formats of JSON Schema that are checked. Every pattern here takes linear time; texts are bounded first. */

const LONGEST = 4096;

const date = /^(\d{4})-(\d\d)-(\d\d)$/;
const time = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;
const label = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;
const octet = /^(?:0|[1-9]\d{0,2})$/;
const duration = /^P(?=.)(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const scheme = /^[a-z][a-z0-9+.-]*:[!#$%&'()*+,\-./:;=?@[\]_~a-z0-9]*$/i;
const local = /^[a-z0-9!#$%&'*+/=?^_`{|}~.-]+$/i;

function isDate(text: string): boolean {
  const match = date.exec(text);
  if (match === null) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const last = new Date(Date.UTC(2000, month, 0)).getUTCDate();
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month >= 1 && month <= 12 && day >= 1 && day <= (month === 2 && !isLeap ? 28 : last);
}

function isDateTime(text: string): boolean {
  return /^.{10}[Tt ]/.test(text) && isDate(text.slice(0, 10)) && time.test(text.slice(11));
}

function isHostname(text: string): boolean {
  return text.length <= 253 && text.split(".").every((part) => part.length <= 63 && label.test(part));
}

function isIpv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => octet.test(part) && Number(part) <= 255);
}

function isIpv6(text: string): boolean {
  const halves = text.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  let count = groups.length;
  if (groups.at(-1)?.includes(".")) {
    if (!isIpv4(groups.pop()!)) return false;
    count++; // the last four bytes are two groups
  }
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) && (halves.length === 2 ? count < 8 : count === 8);
}

function isEmail(text: string): boolean {
  const at = text.lastIndexOf("@");
  const name = text.slice(0, at);
  return (
    at > 0 && name.length <= 64 && local.test(name) && !/^\.|\.$|\.\./.test(name) && isHostname(text.slice(at + 1)) // an address in brackets is no host's name
  );
}

const bounded =
  (test: (text: string) => boolean) =>
  (text: string): boolean =>
    text.length <= LONGEST && test(text);

const tests: Readonly<Record<string, (text: string) => boolean>> = {
  date: isDate,
  time: (text) => time.test(text),
  "date-time": isDateTime,
  duration: (text) => duration.test(text),
  email: isEmail,
  hostname: isHostname,
  ipv4: isIpv4,
  ipv6: isIpv6,
  uri: (text) => scheme.test(text),
  uuid: (text) => uuid.test(text),
};

export const formats: ReadonlyMap<string, (text: string) => boolean> = new Map(
  Object.entries(tests).map(([name, test]) => [name, bounded(test)]),
);
