# Which role this pod starts in. Reads the lines of look_around; given: me, data (yes|no: whether this pod has any),
# leader (whom a majority of sentinels names, or nothing), hosts (all, lowest ordinal first).
# Prints "replica HOST", "master", or "wait REASON".

$2 == "waiting" {
  waiting++
  if ($3 == "yes") { has[$1] = 1; holders++; holder = $1 }
  if ($5 != "-" && (best == "" || $4 + 0 > epoch)) { epoch = $4 + 0; best = $5; tie = 0 }
  else if ($5 != "-" && $4 + 0 == epoch && $5 != best) tie = 1
}
$2 == "running" && $1 != me && $4 == "yes" { serving = $1 }

END {
  total = split(hosts, host, " ")

  if (leader != "" && leader != me) print "replica " leader

  # I was the master and am a new process: my last second may be missing here and be there.
  else if (leader == me && serving != "") print "wait for the failover: " serving " has the data"
  else if (leader == me && data == "yes") print "master"
  else if (leader == me) print "wait for a pod with data: here is none"

  # No majority: only all together may say who was last.
  else if (waiting < total) print "wait for all pods or two sentinels: " waiting + 0 " of " total " wait here"
  else if (holders == 0) start(host[1])
  else if (holders == 1) start(holder)
  else if (best != "" && !tie && best in has) start(best)
  else print "wait for redis:promote: " holders " pods have data and none of them is known to be the last master"
}

function start(chosen) {
  print (chosen == me ? "master" : "wait for " chosen " to start as master")
}
