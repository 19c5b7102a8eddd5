// Where there is no GNU time: the process itself writes its peak memory, in kilobytes.
process.on('exit', () => {
  require('node:fs').writeFileSync(process.env.BENCH_MEMORY_FILE, String(process.resourceUsage().maxRSS));
});
