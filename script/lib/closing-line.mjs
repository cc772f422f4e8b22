/**
 * Jest reporter: ends the run with one line that people and scripts can read: `123 passed, 0 failed`.
 * Under CI=true a skipped test fails the run: a server that is missing must not go unnoticed.
 */
export default class ClosingLine {
  #error;

  onRunComplete(_contexts, results) {
    const skipped = results.numPendingTests;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    if (process.env.CI === 'true' && skipped > 0)
      this.#error = new Error(`${skipped} tests were skipped under CI=true`);
    process.on('exit', () => {
      process.stdout.write(
        `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`,
      );
    });
  }

  getLastError() {
    return this.#error;
  }
}
