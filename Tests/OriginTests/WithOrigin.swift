import TestSupport

@testable import Origin

/// Runs `body` with the port of a fresh origin, on a thread of its own.
func withOrigin<Value: Sendable>(_ body: @escaping @Sendable (Int) throws -> Value) async throws -> Value {
  let server = try await OriginServer.start(port: 0, threads: 1)
  let port = server.port
  do {
    let value = try await RawClient.run { try body(port) }
    await server.shutdown()
    return value
  } catch {
    await server.shutdown()
    throw error
  }
}

/// One request on a connection of its own, and all that came back.
func exchange(
  _ port: Int, _ target: String, method: String = "GET", version: String = "1.1", headers: [String] = []
) throws -> (response: RawResponse, end: RawClient.End) {
  let client = try RawClient(port: port)
  let lines = ["\(method) \(target) HTTP/\(version)", "Host: test"] + headers + ["", ""]
  try client.send(lines.joined(separator: "\r\n"))
  let (bytes, end) = client.readToEnd()
  guard let response = RawResponse(bytes) else {
    throw RawClient.Failure(description: "no response head in \(bytes.count) bytes to \(target)")
  }
  return (response, end)
}

/// As `exchange`, asking for the connection to end, so that nothing waits for a time to be over.
func get(_ port: Int, _ target: String, _ headers: String...) throws -> RawResponse {
  try exchange(port, target, headers: ["Connection: close"] + headers).response
}
