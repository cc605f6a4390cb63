/**
 * Cryptography that takes long, in Node's thread pool. The pool is one for the whole process, and serves its files and
 * its name look-ups as well; what runs in it can't be ended. So each piece of work is bounded by whoever asks for it, no
 * more than half of the pool is taken, one run has one piece in it at a time, and what has not begun when its run ends
 * never begins. Runs take turns.
 */
import process from "node:process"; // threads have no global of this name (worker/harden.ts)
import type { ReleasedAtEnd } from "../lua/boundary/kept-handles.ts";
import type { LocalCall } from "./call.ts";

/** Threads of the pool, as libuv counts them. */
const THREADS = Number(process.env.UV_THREADPOOL_SIZE) || 4;
const MOST = Math.max(1, Math.floor(THREADS / 2));

/** Begins the work, and calls `done` when it has come to its end. */
type Begin = (done: () => void) => void;

class Job {
  readonly begin: Begin;
  /** Dropped, or done. */
  isOver = false;

  constructor(begin: Begin) {
    this.begin = begin;
  }
}

const droppedAtEnd: ReleasedAtEnd = {
  release: (job) => {
    (job as Job).isOver = true;
  },
  isReleased: (job) => (job as Job).isOver,
};

/** The jobs of a run that have not begun, by its call. Runs stand in the order in which their turns come. */
const waiting = new Map<LocalCall, Job[]>();
const running = new Set<LocalCall>();

/**
 * Does a piece of work in the thread pool when there is room.
 * @param call of the run that it is for
 * @param work begins it, with Node's callback
 */
export function inThreadPool<T>(
  call: LocalCall,
  work: (done: (error: Error | null, result: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const job = new Job((done) =>
      work((error, result) => {
        job.isOver = true;
        if (error) reject(error);
        else resolve(result);
        done();
      }),
    );
    call.keep(job, droppedAtEnd);
    const others = waiting.get(call);
    if (others === undefined) waiting.set(call, [job]);
    else others.push(job);
    beginNext();
  });
}

function beginNext(): void {
  while (running.size < MOST) {
    const next = takeNext();
    if (next === undefined) return;
    begin(...next);
  }
}

function begin(call: LocalCall, job: Job): void {
  running.add(call);
  job.begin(() => {
    running.delete(call);
    const others = waiting.get(call);
    if (others !== undefined) {
      waiting.delete(call); // to the end of the line
      waiting.set(call, others);
    }
    beginNext();
  });
}

/** The next job of the run whose turn it is. */
function takeNext(): [LocalCall, Job] | undefined {
  for (const [call, jobs] of waiting) {
    if (running.has(call)) continue;
    const at = jobs.findIndex(({ isOver }) => !isOver);
    if (at === -1 || at + 1 === jobs.length) waiting.delete(call);
    else waiting.set(call, jobs.slice(at + 1));
    if (at === -1) continue; // its run has ended
    return [call, jobs[at]!];
  }
  return undefined;
}
