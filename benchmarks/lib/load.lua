-- Asks for the paths in a file, one after the other, and from the start again.
-- Usage: wrk -t1 ... -s load.lua URL -- FILE
local requests, position = {}, 0

function init(args)
   for path in io.lines(args[1]) do
      requests[#requests + 1] = wrk.format("GET", path)
   end
end

function request()
   position = position % #requests + 1
   return requests[position]
end

function done(summary, latency, _)
   local errors = summary.errors
   print(string.format(
      'RESULT {"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "max": %f, '
      .. '"status_errors": %d, "socket_errors": %d, "timeouts": %d}',
      summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
      latency:percentile(99) / 1e3, latency.max / 1e3, errors.status,
      errors.connect + errors.read + errors.write, errors.timeout))
end
