internal import NIOCore
internal import Synchronization

/// The open connections of a server, to be told when it goes away.
final class ConnectionList: Sendable {
  private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

  func add(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    channels.withLock { $0[id] = channel }
    channel.closeFuture.whenComplete { [weak self] _ in self?.remove(id) }
  }

  private func remove(_ id: ObjectIdentifier) { _ = channels.withLock { $0.removeValue(forKey: id) } }

  private var open: [any Channel] { channels.withLock { Array($0.values) } }

  /// Lets current responses end, closes the rest, and closes everything at the limit. Returns when all are closed.
  func drain(within limit: TimeAmount, on loop: any EventLoop) async {
    let open = open
    for channel in open { channel.pipeline.fireUserInboundEventTriggered(DrainEvent()) }
    let timer = loop.scheduleTask(in: limit) { [weak self] in self?.closeAll() }
    for channel in open { try? await channel.closeFuture.get() }
    timer.cancel()
  }

  func closeAll() { for channel in open { channel.close(promise: nil) } }
}
