import TestSupport
import Testing

@testable import LambdaEmulator

/// Responses that the front takes whole.
@Suite struct BufferedTests {
  private static func configuration(_ front: FrontKind, _ instances: InstancesMode = .classic) -> EmulatorConfiguration
  {
    .test { ($0.front, $0.invokeMode, $0.instances) = (front, .buffered, instances) }
  }

  @Test(arguments: FrontKind.allCases) func aBodyInBase64(_ front: FrontKind) async throws {
    try await Rig.with(Self.configuration(front)) { rig in
      let client = try rig.request("/")
      let runtime = try rig.runtime()
      let body = #"{"statusCode":201,"headers":{"content-type":"a/b"},"body":"AAECAw==","isBase64Encoded":true}"#
      #expect(try runtime.respond(try runtime.next(), body).status == 202)
      let response = try client.response()
      #expect(response.status == 201)
      #expect(response.body == [0, 1, 2, 3])
      #expect(response.field("content-length") == "4")
      #expect(response.field("transfer-encoding") == nil)
    }
  }

  /// The most that Lambda takes, and a byte more.
  @Test(arguments: InstancesMode.allCases) func sixMegabytes(_ instances: InstancesMode) async throws {
    try await Rig.with(Self.configuration(.functionURL, instances)) { rig in
      let frame = #"{"statusCode":200,"body":""}"#.utf8.count
      let runtime = try rig.runtime()
      let most = 6_291_556 - frame
      for (count, status, answer) in [(most, 200, 202), (most + 1, 502, 413), (most + 600_000, 502, 413)] {
        try runtime.askNext()
        let client = try rig.parkedRequest("/")
        let call = try runtime.takeNext()
        let feeder = RuntimeFeeder {
          let text = String(repeating: "a", count: count)
          let told = try runtime.respond(call, #"{"statusCode":200,"body":"\#(text)"}"#)
          #expect(told.status == answer)
          if answer == 413 {
            // A long rest is not waited for.
            #expect(told.field("connection") == (count > most + 1 ? "close" : nil))
            #expect(told.text.contains("(6291556 bytes)"))
          }
        }
        #expect(try client.response().status == status)
        try feeder.wait()
      }
    }
  }

  /// Lambda takes it, the load balancer does not.
  @Test func oneMegabyteBehindALoadBalancer() async throws {
    try await Rig.with(Self.configuration(.alb)) { rig in
      let (client, runtime, call) = try rig.call()
      let text = String(repeating: "a", count: 1 << 20)
      #expect(try runtime.respond(call, #"{"statusCode":200,"body":"\#(text)"}"#).status == 202)
      let response = try client.response()
      #expect(response.status == 502)
      #expect(response.field("server") == "awselb/2.0")
      try runtime.askNext()
      #expect(try members(rig.stats()["failures"]) == ["Function.ResponseSizeTooLarge": 1])
    }
  }

  @Test(arguments: [FrontKind.functionURL, .rest]) func aShapeThatIsNone(_ front: FrontKind) async throws {
    try await Rig.with(Self.configuration(front)) { rig in
      let client = try rig.request("/")
      let runtime = try rig.runtime()
      #expect(try runtime.respond(try runtime.next(), #"{"statusCode":200,"body":5}"#).status == 202)
      #expect(try client.response().status == 502)
    }
  }

  /// A streaming function whose caller buffers: status and fields, and no body.
  @Test func aStreamBeforeABufferingRESTAPI() async throws {
    try await Rig.with(Self.configuration(.rest)) { rig in
      let (client, runtime, call) = try rig.call()
      try runtime.beginStream(call, prelude: #"{"statusCode":203,"headers":{"x-a":"b"}}"#)
      try runtime.chunk("lost")
      try runtime.endStream()
      #expect(try runtime.client.response().status == 202)
      let response = try client.response()
      #expect(response.status == 203)
      #expect(response.field("x-a") == "b")
      #expect(response.field("content-length") == "0")
    }
  }

  @Test func aStreamBeforeABufferingFunctionURL() async throws {
    try await Rig.with(Self.configuration(.functionURL)) { rig in
      let (client, runtime) = try rig.stream()
      try runtime.endStream()
      #expect(try runtime.client.response().status == 202)
      #expect(try client.response().status == 502)
    }
  }

  @Test func headAndCookies() async throws {
    try await Rig.with(Self.configuration(.functionURL)) { rig in
      let client = try rig.request("/", method: "HEAD", headers: ["Connection: close"])
      let runtime = try rig.runtime()
      let body = #"{"statusCode":200,"cookies":["a=1","b=2"],"body":"hello"}"#
      #expect(try runtime.respond(try runtime.next(), body).status == 202)
      let response = try #require(RawResponse(client.readToEnd().bytes))
      #expect(response.body == [])
      #expect(response.field("content-length") == "5")
      #expect(response.fields.filter { $0.name == "Set-Cookie" }.map(\.value) == ["a=1", "b=2"])
    }
  }

  @Test func trailersOfAnError() async throws {
    try await Rig.with(Self.configuration(.functionURL)) { rig in
      let (client, runtime, call) = try rig.call()
      try runtime.beginStream(call, headers: ["Content-Type: application/json"], prelude: "")
      try runtime.chunk(#"{"statusCode":200}"#)
      try runtime.endStream(trailers: ["Lambda-Runtime-Function-Error-Type: Function.Cut"])
      #expect(try runtime.client.response().status == 202)
      #expect(try client.response().status == 502)
    }
  }

  @Test func aBrokenUpload() async throws {
    try await Rig.with(Self.configuration(.functionURL)) { rig in
      let (client, runtime, call) = try rig.call()
      try runtime.send(
        "POST", "/runtime/invocation/\(call.id)/response", ["Content-Length: 100"], #"{"statusCode":200}"#)
      runtime.client.closeNow()
      #expect(try client.response().status == 502)
    }
  }
}
