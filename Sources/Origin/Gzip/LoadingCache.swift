internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Values that are costly to make, made on a thread pool, once however many ask at the same time, and kept up to a limit.
///
/// The oldest is dropped for a new one. At most one job waits for each connection, since a connection waits for its own.
final class LoadingCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct State {
    var values: [Key: Value] = [:]
    /// In the order in which they were made.
    var order: [Key] = []
    var waiting: [Key: [EventLoopPromise<Value>]] = [:]
  }

  private let limit: Int
  private let pool: NIOThreadPool
  private let state = Mutex(State())

  init(limit: Int, pool: NIOThreadPool) {
    self.limit = max(1, limit)
    self.pool = pool
  }

  func value(
    _ key: Key, on loop: any EventLoop, make: @escaping @Sendable () throws -> Value
  ) -> EventLoopFuture<Value> {
    let promise = loop.makePromise(of: Value.self)
    let (known, isFirst) = state.withLock { state -> (Value?, Bool) in
      if let value = state.values[key] { return (value, false) }
      state.waiting[key, default: []].append(promise)
      return (nil, state.waiting[key]?.count == 1)
    }
    if let known { promise.succeed(known) }
    if isFirst { load(key, make) }
    return promise.futureResult
  }

  private func load(_ key: Key, _ make: @escaping @Sendable () throws -> Value) {
    pool.submit { [self] poolState in
      let result = Result<Value, any Error> {
        guard case .active = poolState else { throw CancellationError() }
        return try make()
      }
      let waiting = state.withLock { state in
        if case .success(let value) = result { keep(value, for: key, in: &state) }
        return state.waiting.removeValue(forKey: key) ?? []
      }
      for promise in waiting { promise.completeWith(result) }
    }
  }

  private func keep(_ value: Value, for key: Key, in state: inout State) {
    if state.order.count >= limit { state.values.removeValue(forKey: state.order.removeFirst()) }
    state.order.append(key)
    state.values[key] = value
  }
}
