// Where there is no GNU time: the process itself writes its processor time, in seconds, and its peak memory, in kilobytes.
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  require('node:fs').writeFileSync(process.env.BENCH_USAGE_FILE, `${userCPUTime / 1e6} ${systemCPUTime / 1e6} ${maxRSS}`);
});
