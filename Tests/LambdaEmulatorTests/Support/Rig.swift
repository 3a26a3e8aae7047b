import TestSupport
import ToolSupport

@testable import LambdaEmulator

/// An emulator of its own on free ports, with what a test needs to talk to both of its sides.
struct Rig: Sendable {
  var port: Int
  var apiPorts: [Int]
  var log: CollectedLog

  /// Runs `body` on a thread of its own against a fresh emulator.
  static func with<Value: Sendable>(
    _ configuration: EmulatorConfiguration, _ body: @escaping @Sendable (Rig) throws -> Value
  ) async throws -> Value {
    let collected = CollectedLog()
    let server = try await EmulatorServer.start(configuration, log: EventLog { collected.append($0) })
    let rig = Rig(port: server.address.port, apiPorts: server.runtimeAPIs.map(\.port), log: collected)
    do {
      let value = try await RawClient.run { try body(rig) }
      await server.shutdown()
      return value
    } catch {
      await server.shutdown()
      throw error
    }
  }

  /// Sends a request and leaves the answer to be read.
  func request(_ target: String, method: String = "GET", headers: [String] = [], body: String = "") throws -> RawClient
  {
    let client = try RawClient(port: port)
    var lines = ["\(method) \(target) HTTP/1.1", "Host: test"] + headers
    if !body.isEmpty { lines.append("Content-Length: \(body.utf8.count)") }
    try client.send((lines + ["", ""]).joined(separator: "\r\n") + body)
    return client
  }

  func runtime(_ index: Int = 0) throws -> RuntimeClient { try RuntimeClient(port: apiPorts[index]) }

  func stats() throws -> [String: JSONValue] {
    let client = try request("/.gzlambda/stats", headers: ["Connection: close"])
    guard let response = RawResponse(client.readToEnd().bytes) else { throw Missing(what: "stats") }
    return try members(JSONValue(parsing: response.body))
  }
}

/// Of a test that cannot go on.
struct Missing: Error { var what: String }

func members(_ value: JSONValue?) throws -> [String: JSONValue] {
  guard let members = value?.members else { throw Missing(what: "an object") }
  return members
}

extension EmulatorConfiguration {
  /// Attached, on free ports, as fast as it goes.
  static func test(_ change: (inout EmulatorConfiguration) -> Void = { _ in }) -> EmulatorConfiguration {
    var made = EmulatorConfiguration()
    made.listen = ListenAddress(host: "127.0.0.1", port: 0)
    made.concurrency = 1
    made.bandwidth = .off
    change(&made)
    return made
  }
}

extension RawClient {
  /// One response with a length, or a head alone; the connection stays.
  func response() throws -> RawResponse {
    let head = read(through: "\r\n\r\n")
    guard let parsed = RawResponse(head) else {
      throw Failure(description: "no response head in \(head.count) bytes")
    }
    if let length = parsed.field("content-length").flatMap({ Int($0) }) {
      return RawResponse(head + read(length)) ?? parsed
    }
    return parsed
  }

  /// One response with a chunked body that ends.
  func chunkedResponse() throws -> (head: RawResponse, body: [UInt8]) {
    let head = try response()
    var body: [UInt8] = []
    while true {
      let line = String(decoding: read(through: "\r\n").dropLast(2), as: UTF8.self)
      guard let size = Int(line, radix: 16) else { throw Failure(description: "no chunk size: \(line)") }
      body += read(size)
      _ = read(2)
      if size == 0 { return (head, body) }
    }
  }
}
