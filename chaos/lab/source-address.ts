// Loaded into a process of the lab before its own modules (node --import): lets it connect from the address that the lab's network knows
// it by. The service itself knows nothing of it, as a pod knows nothing of its network.
import {Socket} from 'node:net';

const source = process.env.LAB_SOURCE_ADDRESS;
if (source) {
  const {connect} = Socket.prototype;
  Socket.prototype.connect = function connectFromSource(this: Socket, ...args: unknown[]) {
    // net.connect() hands over its arguments in a list, normalised.
    const options = Array.isArray(args[0]) ? args[0][0] : args[0];
    if (isTcpOnLoopback(options)) options.localAddress ??= source;
    return Reflect.apply(connect, this, args);
  } as typeof connect;
}

function isTcpOnLoopback(options: unknown): options is {host?: string; localAddress?: string} {
  if (typeof options !== 'object' || options === null || !('port' in options)) return false;
  return 'host' in options && String(options.host).startsWith('127.');
}
