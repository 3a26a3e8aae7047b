internal import NIOCore

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What the kernel has not yet delivered of a connection. A reset throws that away, so one that is to come at an exact
/// position has to wait for it.
enum SendQueue {
  private static let step = TimeAmount.milliseconds(2)

  /// Calls `done` on the channel's event loop once the peer has acknowledged every byte, or at the limit.
  static func whenEmpty(_ channel: any Channel, within limit: TimeAmount, _ done: @escaping @Sendable () -> Void) {
    guard limit > .zero, unsentBytes(channel) > 0 else {
      done()
      return
    }
    channel.eventLoop.scheduleTask(in: step) { whenEmpty(channel, within: limit - step, done) }
  }

  /// Closes with RST instead of FIN: SO_LINGER with a time of zero.
  static func reset(_ channel: any Channel) {
    guard let socket = channel as? any SocketOptionProvider else {
      channel.close(promise: nil)
      return
    }
    socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
  }

  /// 0 as well when the system does not say.
  private static func unsentBytes(_ channel: any Channel) -> Int {
    let count = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
      descriptor in
      var count: CInt = 0
      #if canImport(Darwin)
        var size = socklen_t(MemoryLayout<CInt>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_NWRITE, &count, &size) == 0 ? Int(count) : 0
      #else
        return ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0 ? Int(count) : 0
      #endif
    }
    return count ?? 0
  }
}
