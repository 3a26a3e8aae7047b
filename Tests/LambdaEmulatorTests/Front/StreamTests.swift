import TestSupport
import Testing

@testable import LambdaEmulator

/// A client, the emulator and a runtime by hand: what arrives of a streamed response.
@Suite struct StreamTests {
  @Test func helloArrivesAsItIsSent() async throws {
    try await Rig.with(.test()) { rig in
      let client = try rig.request("/hello?a=b", headers: ["X-Mine: 1"])
      let runtime = try rig.runtime()
      let call = try runtime.next()
      #expect(call.event["rawPath"] == "/hello")
      #expect(call.event["headers"]?.members?["x-mine"] == "1")
      #expect(call.event["requestContext"]?.members?["requestId"]?.text == call.id)
      try runtime.beginStream(call)
      let head = try client.response()
      #expect(head.statusLine == "HTTP/1.1 200 OK")
      #expect(head.field("transfer-encoding") == "chunked")
      #expect(head.field("x-amzn-requestid") == call.id)
      // Each piece is there before the next one is sent.
      for letter in ["h", "é", "\0", "lo"] {
        try runtime.chunk(letter)
        let bytes = Array(letter.utf8)
        #expect(client.read(through: "\r\n") == Array("\(bytes.count)\r\n".utf8))
        #expect(client.read(bytes.count + 2) == bytes + [13, 10])
      }
      try runtime.endStream()
      #expect(client.read(5) == Array("0\r\n\r\n".utf8))
      let answer = try runtime.client.response()
      #expect(answer.status == 202)
      #expect(answer.text == "{\"status\":\"OK\"}\n")
    }
  }

  /// The upload comes in pieces that have nothing to do with its chunks.
  @Test(arguments: [1, 2, 3, 7, 64]) func anyPieces(_ size: Int) async throws {
    try await Rig.with(.test()) { rig in
      let (client, runtime, call) = try rig.call()
      try runtime.send(
        "POST", "/runtime/invocation/\(call.id)/response", RuntimeClient.streaming + ["Transfer-Encoding: chunked"])
      let prelude = Array(RuntimeClient.prelude.utf8) + [UInt8](repeating: 0, count: 8)
      var bytes: [UInt8] = []
      for part in [Array(prelude.prefix(10)), Array(prelude.dropFirst(10)), [0, 1, 2], Array("end".utf8)] {
        bytes += Array("\(String(part.count, radix: 16))\r\n".utf8) + part + [13, 10]
      }
      bytes += Array("0\r\n\r\n".utf8)
      for start in stride(from: 0, to: bytes.count, by: size) {
        try runtime.client.send(Array(bytes[start..<min(bytes.count, start + size)]))
      }
      let (head, body) = try client.chunkedResponse()
      #expect(head.status == 200)
      #expect(body == [0, 1, 2] + Array("end".utf8))
    }
  }

  @Test func withoutAPreludeAFunctionURLPassesItOn() async throws {
    try await Rig.with(.test()) { rig in
      let (client, runtime, call) = try rig.call()
      try runtime.beginStream(call, headers: ["Content-Type: text/x-mine"], prelude: "")
      try runtime.chunk("{\"statusCode\":500}")
      try runtime.endStream()
      let (head, body) = try client.chunkedResponse()
      #expect(head.status == 200)
      #expect(head.field("content-type") == "text/x-mine")
      #expect(String(decoding: body, as: UTF8.self) == "{\"statusCode\":500}")
    }
  }

  @Test func emptyBodies() async throws {
    try await Rig.with(.test()) { rig in
      let runtime = try rig.runtime()
      for (method, prelude, wanted) in [
        ("GET", #"{"statusCode":200}"#, "0\r\n\r\n"), ("GET", #"{"statusCode":204}"#, ""),
        ("GET", #"{"statusCode":304}"#, ""), ("HEAD", #"{"statusCode":200}"#, ""),
      ] {
        let client = try rig.request("/", method: method, headers: ["Connection: close"])
        let call = try runtime.next()
        try runtime.beginStream(call, prelude: prelude)
        // A body that must not be there is dropped.
        if wanted.isEmpty { try runtime.chunk("body") }
        try runtime.endStream()
        #expect(try runtime.client.response().status == 202)
        let (bytes, end) = client.readToEnd()
        #expect(end == .fin)
        #expect(RawResponse(bytes)?.text == wanted, "\(method) \(prelude)")
      }
    }
  }

  @Test func oneConnectionCarriesManyRequests() async throws {
    try await Rig.with(.test()) { rig in
      let client = try RawClient(port: rig.port)
      let runtime = try rig.runtime()
      // Both at once: the second one waits for the first one's response.
      try client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
      for path in ["/1", "/2"] {
        let call = try runtime.next()
        #expect(call.event["rawPath"] == .string(path))
        #expect(try runtime.stream(call, path).status == 202)
        #expect(try client.chunkedResponse().body == Array(path.utf8))
      }
    }
  }

  @Test(arguments: TrailerEffect.allCases) func trailersOfAnError(_ effect: TrailerEffect) async throws {
    try await Rig.with(.test { $0.trailerEffect = effect }) { rig in
      let client = try rig.request("/", headers: ["Connection: close"])
      let runtime = try rig.runtime()
      let call = try runtime.next()
      let names = "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body"
      try runtime.beginStream(call, headers: RuntimeClient.streaming + ["Trailer: \(names)"])
      try runtime.chunk("half")
      try runtime.endStream(
        trailers: ["Lambda-Runtime-Function-Error-Type: Function.Cut", "Lambda-Runtime-Function-Error-Body: e30="])
      #expect(try runtime.client.response().status == 202)
      let (bytes, end) = client.readToEnd()
      let response = try #require(RawResponse(bytes))
      #expect(end == .fin)
      #expect(response.field("trailer") == (effect == .trailer ? names : nil))
      let wanted =
        switch effect {
        case .clean: "4\r\nhalf\r\n0\r\n\r\n"
        case .cut: "4\r\nhalf\r\n"
        case .trailer:
          "4\r\nhalf\r\n0\r\nLambda-Runtime-Function-Error-Type: Function.Cut\r\n"
            + "Lambda-Runtime-Function-Error-Body: e30=\r\n\r\n"
        }
      #expect(response.text == wanted)
      // Its slot is free again.
      try runtime.askNext()
      #expect(try members(rig.stats()["failures"]) == ["Function.Cut": 1])
    }
  }

  @Test func aBrokenUploadCutsTheClient() async throws {
    try await Rig.with(.test()) { rig in
      let (client, runtime) = try rig.stream()
      try runtime.chunk("half")
      _ = client.read(through: "half\r\n")
      runtime.client.closeNow()
      let (rest, end) = client.readToEnd()
      #expect(rest == [])
      #expect(end == .fin)
      let other = try rig.runtime()
      let again = try rig.request("/")
      #expect(try other.stream(try other.next(), "x").status == 202)
      #expect(try again.chunkedResponse().body == [0x78])
      #expect(try members(rig.stats()["failures"]) == ["Runtime.TruncatedResponse": 1])
    }
  }

  /// Lambda does not tell the function: it streams on, to nobody.
  @Test func aClientThatLeavesStopsNothing() async throws {
    try await Rig.with(.test()) { rig in
      let (client, runtime) = try rig.stream()
      _ = try client.response()
      client.closeNow()
      let piece = [UInt8](repeating: 7, count: 64 << 10)
      for _ in 0..<256 { try runtime.chunk(piece) }
      try runtime.endStream()
      #expect(try runtime.client.response().status == 202)
    }
  }

  @Test func aFieldOfLengthIsTakenLiterallyByARESTAPI() async throws {
    try await Rig.with(.test { $0.front = .rest }) { rig in
      let runtime = try rig.runtime()
      for (length, body, wanted) in [(4, "fourmore", "four"), (4, "four", "four"), (9, "four", "four")] {
        let client = try rig.request("/")
        let call = try runtime.next()
        try runtime.beginStream(call, prelude: #"{"statusCode":200,"headers":{"Content-Length":"\#(length)"}}"#)
        try runtime.chunk(body)
        try runtime.endStream()
        #expect(try runtime.client.response().status == 202)
        let head = client.read(through: "\r\n\r\n")
        #expect(RawResponse(head)?.field("content-length") == "\(length)")
        #expect(client.read(4) == Array(wanted.utf8))
        // One that is too short can only be told by the end of the connection.
        if length > body.utf8.count { #expect(client.readToEnd().end == .fin) }
      }
    }
  }

  /// 200 MiB to the byte, then the cut.
  @Test func twoHundredMegabytes() async throws {
    try await Rig.with(.test()) { rig in
      let client = try rig.request("/", headers: ["Connection: close"])
      let runtime = try rig.runtime()
      let call = try runtime.next()
      let piece = [UInt8](repeating: 7, count: 1 << 20)
      let prelude = RuntimeClient.prelude.utf8.count + 8
      let feeder = RuntimeFeeder {
        try runtime.beginStream(call)
        for _ in 0..<202 { try runtime.chunk(piece) }
      }
      _ = try client.response()
      var body = 0
      while true {
        let line = String(decoding: client.read(through: "\r\n").dropLast(2), as: UTF8.self)
        guard let size = Int(line, radix: 16), size > 0 else { break }
        body += client.read(size + 2).count - 2
      }
      #expect(body == (200 << 20) - prelude)
      #expect(client.readToEnd().end == .fin)
      try feeder.wait()
    }
  }
}
