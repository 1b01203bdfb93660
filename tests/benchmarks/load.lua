-- wrk's script: the addresses of a file in turn; at the end one line of JSON.
-- wrk … -s load.lua http://host:port -- <file of paths> <Accept-Encoding>
local made, at = {}, 0

function init(args)
  local headers = { ["Accept-Encoding"] = args[2] }
  for path in io.lines(args[1]) do
    made[#made + 1] = wrk.format("GET", path, headers)
  end
end

function request()
  at = at % #made + 1
  return made[at]
end

function done(summary, latency, requests)
  local wrong = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %f, "bytes": %d, "refused": %d, "broken": %d, ' ..
    '"p50_ms": %f, "p95_ms": %f, "p99_ms": %f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, wrong.status,
    wrong.connect + wrong.read + wrong.write + wrong.timeout,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end
