import TestSupport

@testable import LambdaEmulator

extension Rig {
  /// A client that waits, a runtime by hand, and the invocation that it has been given.
  typealias OpenCall = (client: RawClient, runtime: RuntimeClient, call: RuntimeClient.Call)

  /// The request first: a runtime comes for it.
  func call(_ target: String = "/") throws -> OpenCall {
    let client = try request(target)
    let runtime = try runtime()
    return (client, runtime, try runtime.next())
  }

  /// The runtime first, as where nobody waits for one.
  func parkedCall(_ target: String = "/") throws -> OpenCall {
    let runtime = try runtime()
    try runtime.askNext()
    let client = try parkedRequest(target)
    return (client, runtime, try runtime.takeNext())
  }

  /// The same, with the head of a stream on its way.
  func stream(_ target: String = "/") throws -> (client: RawClient, runtime: RuntimeClient) {
    let (client, runtime, call) = try call(target)
    try runtime.beginStream(call)
    return (client, runtime)
  }

  /// A request for an environment that never queues: sent once a worker is parked.
  func parkedRequest(_ target: String) throws -> RawClient {
    try eventually("a parked worker") {
      try instances().contains { $0["state"] == "ready" && $0["parked_workers"] != 0 }
    }
    return try request(target)
  }

  func instances() throws -> [[String: JSONValue]] {
    guard case .array(let instances) = try stats()["instances"] else { throw Missing(what: "instances") }
    return try instances.map { try members($0) }
  }

  private func instance() throws -> [String: JSONValue] {
    guard let first = try instances().first else { throw Missing(what: "an instance") }
    return first
  }

  /// Until that many invocations are under way in the first environment.
  func awaitActive(_ count: Int) throws {
    try eventually("\(count) active invocations") { try instance()["active_invocations"] == .integer(Int64(count)) }
  }

  /// Until that many of its workers are parked.
  func awaitParked(_ count: Int) throws {
    try eventually("\(count) parked workers") { try instance()["parked_workers"] == .integer(Int64(count)) }
  }
}
