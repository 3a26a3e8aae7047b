import Testing
import ToolSupport

@testable import LoadGen

@Suite struct BotocoreTests {
  /// Places where a request can differ, from a seed.
  private struct Maker {
    var seed: UInt64
    var count = 0

    mutating func number(_ bound: Int) -> Int {
      count += 1
      return Int(StreamRandom.below(UInt64(bound), seed: seed, stream: count, position: 0))
    }

    mutating func pick<T>(_ choices: [T]) -> T { choices[number(choices.count)] }

    mutating func text(_ alphabet: String, upTo length: Int) -> String {
      let letters = Array(alphabet)
      return String((0..<number(length + 1)).map { _ in letters[number(letters.count)] })
    }

    mutating func url() -> String {
      let host = pick(["h.example", "H.Example:8080", "127.0.0.1:80", "[::1]:9000", "b.s3.eu-west-1.amazonaws.com"])
      let path = "/" + text("aZ0-._~/:@!$&'()*+,;=%é€{}", upTo: 24)
      let query = (0..<number(6)).map { _ in
        let name = text("abAB01-._~%é/:", upTo: 4)
        return number(4) == 0 ? name : name + "=" + text("xyXY9-._~%é/:=?", upTo: 8)
      }
      return pick(["http://", "https://"]) + host + path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }
  }

  @Test func oneThousandRequests() throws {
    var maker = Maker(seed: 4)
    var rows: [Botocore.Row] = []
    for _ in 0..<1000 {
      let scope = SigV4Scope(
        region: maker.pick(["us-east-1", "eu-central-1"]), service: maker.pick(["lambda", "s3", "execute-api", "sqs"]))
      var plan = SigningPlan(credentials: Credentials(user: Botocore.user, password: Botocore.secret))
      plan.sessionToken = maker.number(3) == 0 ? maker.text("abc+/=", upTo: 40) + "x" : nil
      var headers = ["Accept-Encoding: gzip", "Expect:", "User-Agent: t"]
      if maker.number(2) == 0 { headers.append("Content-Type: " + maker.pick(["text/plain", "a/b;  c=d"])) }
      if maker.number(3) == 0 { headers.append("X-Amz-Meta-\(maker.number(9)):  a   b \(maker.number(99)) ") }
      let body = Array(maker.text("body{}\n", upTo: 50).utf8)
      let method = maker.pick(["GET", "POST", "PUT", "DELETE", "HEAD"])
      let signed = SigV4Signer(plan).sign(
        method: method, url: maker.url(), headers: headers, payloadHash: SigV4.hash(body), scope: scope,
        time: 1_440_938_160 + Double(maker.number(400_000_000)))
      rows.append(
        Botocore.Row(
          method: method, url: signed.url, headers: signed.headers, body: body, region: scope.region,
          service: scope.service, token: plan.sessionToken ?? ""))
    }
    #expect(try Botocore.disagreements(rows) == [])
    // It would tell.
    rows[17].body.append(0)
    #expect(try Botocore.disagreements(Array(rows[17...17])).count == 1)
  }

  /// What arrives is what was signed: nobody on the way, libcurl included, writes it differently.
  @Test func whatArrivesIsWhatWasSigned() throws {
    let server = try ScriptedServer { _ in [.send(EngineHarness.hello)] }
    defer { server.stop() }
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let typed = server.url("/a%7eb/é/../c d/%2f?z=1&a=%7e&é&list-type=2&x=a=b{seq}".replacing(" ", with: "%20"))
    for (service, extra) in [
      ("lambda", ["-d", "n={seq}&u={uuid}"]), ("s3", ["-X", "PUT", "-d", "x", "-T", "text/plain"]), ("lambda", []),
      ("sqs", ["-H", "X-Amz-Target: a  b", "-X", "DELETE"]),
    ] {
      let run = try ToolRun(
        executable: "/usr/bin/env",
        ["-u", "AWS_SESSION_TOKEN", try BuiltTool.path("gzload"), "-n", "3", "-c", "1", "--no-progress"]
          + ["--aws-sigv4", "aws:amz:eu-west-1:\(service)", "-u", "\(Botocore.user):\(Botocore.secret)"] + extra + [
            typed
          ])
      #expect(run.exit == 0, "\(run.output)\(run.errors)")
      #expect(!run.output.contains(Botocore.secret))
    }
    let requests = server.requests
    #expect(requests.count == 12)
    let rows = requests.map { request in
      let scope = request.values("authorization").first?.split(separator: "/").map(String.init) ?? []
      return Botocore.Row(
        method: request.method, url: "http://127.0.0.1:\(server.port)\(request.path)", headers: request.headers,
        body: request.body, region: scope.count > 3 ? scope[2] : "", service: scope.count > 3 ? scope[3] : "")
    }
    #expect(try Botocore.disagreements(rows) == [])
    #expect(Set(requests.prefix(3).map(\.body)).count == 3)
    #expect(requests.allSatisfy { $0.values("host") == ["127.0.0.1:\(server.port)"] })
  }
}
