/** Resolves after the messages that wait now. A message to oneself: nested timers are held back for 4 ms. */
export declare function nextTask(): Promise<void>;
