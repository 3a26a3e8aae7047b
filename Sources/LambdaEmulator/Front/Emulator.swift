internal import NIOCore
internal import ToolSupport

/// What happens to a client's request: the emulator's own pages, the front's refusals, or an invocation. On the event loop.
final class Emulator {
  let configuration: EmulatorConfiguration
  let pool: EnvironmentPool
  let bodyLimit: Int
  private var connections: [ObjectIdentifier: FrontConnection] = [:]
  private var isDraining = false

  init(_ configuration: EmulatorConfiguration, pool: EnvironmentPool) {
    self.configuration = configuration
    self.pool = pool
    bodyLimit = Event.bodyLimit(configuration.front)
  }

  func take(_ request: IncomingRequest, on exchange: FrontExchange) {
    if request.path.hasPrefix(OwnPages.prefix) { return OwnPages.answer(request, pool: pool, on: exchange) }
    if let cause = Event.refusal(request, front: configuration.front) { return exchange.refuse(cause) }
    let facts = InvocationFacts(
      requestID: exchange.rules.requestID, traceID: exchange.rules.traceID,
      milliseconds: EventTime.milliseconds(), function: configuration.function)
    let event = Event.bytes(
      request, facts, front: configuration.front, albMultiValue: configuration.albMultiValue)
    guard event.readableBytes <= Limits.payload else { return exchange.refuse(.requestTooLarge) }
    pool.invoke(Invocation(facts: facts, event: event, sink: exchange))
  }

  func opened(_ connection: FrontConnection) {
    connections[ObjectIdentifier(connection)] = connection
    if isDraining { connection.drain() }
  }

  /// Clients that wait for bytes of a response.
  var busyClients: Int { connections.values.count { $0.isBusy } }

  func closed(_ connection: FrontConnection) { connections[ObjectIdentifier(connection)] = nil }

  /// Connections end with the response under way.
  func drain() {
    isDraining = true
    for connection in Array(connections.values) { connection.drain() }
  }
}
