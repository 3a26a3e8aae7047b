import ArgumentParser
import Testing
import ToolSupport

@testable import LoadGen

@Suite struct RequestRefusalTests {
  static let cases: [(arguments: [String], line: String)] = [
    (["-f", "-"], "-f -: targets are not read from stdin; save them to a file"),
    (["-f", "/nowhere"], "-f /nowhere: cannot be read: No such file or directory"),
    (["-f", "/tmp", "http://h/"], "-f and http://h/: targets come from the file or from the command line; keep one"),
    (["-f", "/dev/null"], "-f /dev/null: no target in it; write a URL a line, or METHOD URL and its header fields"),
    (["http://h{seq}/"], "http://h{seq}/: {…} stands in the path or the query; the host is the same for every stream"),
    (
      ["http://münchen.example/"],
      "http://münchen.example/: a host is written in ASCII; give its xn--… form, which"
        + " `idn2 münchen.example` prints"
    ),
    (
      ["http://h/{rand:x}"],
      "http://h/{rand:x}: {rand:x} needs a whole number from 1, as in {rand:1000}; for the text itself write {{rand:x}}"
    ),
    (
      ["-d", "{rand:0}", "http://h/"],
      "-d: {rand:0} needs a whole number from 1, as in {rand:1000}; for the text itself write {{rand:0}}"
    ),
    (["-T", "", "http://h/"], "-T '': empty; name a media type such as text/plain"),
    (["-T", "a\nb", "http://h/"], "-T Content-Type: a\\nb: a header has no line breaks or control characters"),
    (
      ["-T", "a/b", "-H", "content-type: c/d", "http://h/"],
      "-T and -H Content-Type: both give the field; keep one of them"
    ),
    (["-A", "a/b", "-H", "Accept: c/d", "http://h/"], "-A and -H Accept: both give the field; keep one of them"),
    (["-u", "me", "http://h/"], "-u ***: write USER:PASSWORD; a password may be empty, its colon not left out"),
    (["-u", ":x", "http://h/"], "-u ***: write USER:PASSWORD; a password may be empty, its colon not left out"),
    (["-u", "a:b\n", "http://h/"], "-u ***: no line breaks or control characters"),
    (
      ["-u", "a:b", "-H", "Authorization: x", "http://h/"],
      "-u and -H Authorization: both say who asks; keep one of them"
    ),
    (
      ["--aws-sigv4", "aws", "-u", "k:s", "http://h/"],
      "--aws-sigv4 aws: write aws:amz:REGION:SERVICE, such as aws:amz:eu-central-1:lambda"
    ),
    (
      ["--aws-sigv4", "goog:x:r:s", "-u", "k:s", "http://h/"],
      "--aws-sigv4 goog:x:r:s: write aws:amz:REGION:SERVICE, such as aws:amz:eu-central-1:lambda"
    ),
    (
      ["--aws-sigv4", "aws:amz", "-u", "k:s", "http://h/"],
      "--aws-sigv4 aws:amz: h does not say its region and service; write aws:amz:REGION:SERVICE, such as"
        + " aws:amz:eu-central-1:lambda"
    ),
    (
      ["--aws-sigv4", "aws:amz:r:s", "-u", "k:s", "-L", "http://h/"],
      "-L and --aws-sigv4: a signature is for one URL, and a redirect leads to another; drop -L"
    ),
    (
      ["--aws-sigv4", "aws:amz:r:s", "-u", "k:s", "-H", "X-Amz-Date: 1", "http://h/"],
      "--aws-sigv4: sets x-amz-date by itself; drop that header"
    ),
    (
      ["--aws-sigv4", "aws:amz:r:s", "-u", "k:s", "http://h/?a=b+c"],
      "http://h/?a=b+c: + in a query means a space to some services and itself to others, and a signature must mean one;"
        + " write %20 or %2B"
    ),
    (["--http1.1", "--http2", "http://h/"], "--http1.1 and --http2: one run speaks one of them; keep one"),
    (["-p", "4", "http://h/"], "-p 4: HTTP/1.1 has one stream a connection; add --http2"),
    (["--http2", "-p", "0", "http://h/"], "-p 0: must be a whole number from 1 to 10000"),
    (
      ["--http2", "--disable-keepalive", "http://h/"],
      "--disable-keepalive and --http2: streams share a connection there; keep one of them"
    ),
    (
      ["-x", "ftp://p:1", "http://h/"],
      "-x ftp://p:1: a proxy's scheme is one of http, https, socks4, socks4a, socks5, socks5h"
    ),
    (
      ["-x", "http://me:secret@", "http://h/"],
      "-x http://***@: not a proxy; write [SCHEME://][USER:PASSWORD@]HOST[:PORT]"
    ),
    (["-x", "p:x", "http://h/"], "-x p:x: not a proxy; write [SCHEME://][USER:PASSWORD@]HOST[:PORT]"),
    (["-x", "", "http://h/"], "-x '': not a proxy; write [SCHEME://][USER:PASSWORD@]HOST[:PORT]"),
    (["--cacert", "/nowhere", "http://h/"], "--cacert /nowhere: cannot be read: No such file or directory"),
    (["--cert", "/tmp", "http://h/"], "--cert /tmp: is a directory; name a PEM file in it"),
    (["--key", "/dev/null", "http://h/"], "--key /dev/null: a key goes with a certificate; add --cert FILE"),
    (
      ["-k", "--cacert", "/dev/null", "http://h/"],
      "-k and --cacert: any certificate is accepted, or those of the file; keep one of them"
    ),
    (["--unix-socket", "/nowhere", "http://h/"], "--unix-socket /nowhere: cannot be used: No such file or directory"),
    (["--unix-socket", "/dev/null", "http://h/"], "--unix-socket /dev/null: is no socket"),
    (
      ["--unix-socket", "/dev/null", "-x", "p:1", "http://h/"],
      "-x and --unix-socket: one connection goes one way; keep one of them"
    ),
    (
      ["--connect-to", "a:1:b", "http://h/"],
      "--connect-to a:1:b: write HOST:PORT:HOST2:PORT2, such as example.com:443:127.0.0.1:8443"
    ),
    (
      ["--connect-to", "a:0:b:1", "http://h/"],
      "--connect-to a:0:b:1: write HOST:PORT:HOST2:PORT2, such as example.com:443:127.0.0.1:8443"
    ),
    (
      ["--resolve", "a:80:b", "http://h/"],
      "--resolve a:80:b: write HOST:PORT:ADDRESS, such as example.com:443:127.0.0.1"
    ),
    (
      ["--resolve", "a:127.0.0.1", "http://h/"],
      "--resolve a:127.0.0.1: write HOST:PORT:ADDRESS, such as example.com:443:127.0.0.1"
    ),
    (["-4", "-6", "http://h/"], "-4 and -6: no address is both; keep one of them, or none for either"),
  ]

  @Test(arguments: cases) func oneLineAndExit2(arguments: [String], line: String) throws {
    let parsed = try LoadArguments.parse(arguments)
    let failure = #expect(throws: ToolFailure.self) { try parsed.plan(.gzload) }
    #expect(failure?.message == line)
    #expect(failure?.exit == .usage)
  }

  @Test func headOfAFileWithABodyForAll() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("t", "HEAD http://h/x\n")
    let parsed = try LoadArguments.parse(["-f", "\(folder.path)/t", "-d", "x"])
    let failure = #expect(throws: ToolFailure.self) { try parsed.plan(.gzload) }
    #expect(
      failure?.message == "http://h/x: a HEAD sends no body; drop -d and -D, or give the file's targets their own")
  }

  @Test func everyOptionReachesThePlan() throws {
    let plan = try LoadArguments.parse([
      "-x", "socks5h://u:p@[::1]:1080", "--cacert", "/dev/null", "--cert", "/dev/null", "--key", "/dev/null",
      "--connect-to", "a:1:[::1]:2", "--resolve", "*:443:::1", "-6", "--http2", "-p", "7", "--location", "--user",
      "a:b",
      "--content-type", "t/x", "--accept", "a/x", "http://h/",
    ]).plan(.gzload)
    let network = plan.network
    #expect(network.proxy == "socks5h://u:p@[::1]:1080" && network.authorities == "/dev/null")
    #expect(network.certificate == "/dev/null" && network.key == "/dev/null")
    #expect(network.connectTo == ["a:1:[::1]:2"] && network.resolve == ["*:443:::1"] && network.addresses == .ipv6)
    #expect(network.usesHTTP2 && network.streamsPerConnection == 7 && network.followsRedirects)
    #expect(plan.credentials == Credentials(user: "a", password: "b"))
    #expect(plan.headers == ["Content-Type: t/x", "Accept: a/x"])
    #expect("\(plan.credentials as Any)".contains("***"))
  }

  @Test func secretsAreInNoReport() throws {
    let plan = try LoadArguments.parse([
      "-x", "u:topsecret@127.0.0.1:1", "-u", "me:topsecret", "-H", "X-Amz-Security-Token: topsecret", "http://h/",
    ]).plan(.gzload)
    // Nobody listens on port 1.
    func short(_ plan: LoadPlan) -> LoadPlan {
      var plan = plan
      (plan.streams, plan.concurrency, plan.connectTimeout) = (1, 1, .seconds(5))
      return plan
    }
    let report = RunReport(try EngineHarness.run(short(plan)), lab: nil)
    let text = try report.json()
    #expect(!text.contains("topsecret") && !report.text(color: false).contains("topsecret"))
    #expect(text.contains("\"user\" : \"me:***\"") && text.contains("\"proxy\" : \"***@127.0.0.1:1\""))
  }
}
