/** Runs tasks, at most so many side by side. @returns their results, in order */
export async function limited<Task, Result>(
  tasks: readonly Task[],
  atOnce: number,
  run: (task: Task) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    for (let position = next++; position < tasks.length; position = next++) {
      results[position] = await run(tasks[position] as Task);
    }
  };
  await Promise.all(Array.from({length: atOnce}, worker));
  return results;
}
