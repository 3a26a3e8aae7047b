import NIOCore
import Testing

@testable import ProxyCore

@Suite struct RuntimeAddressTests {
  @Test(arguments: [
    ("127.0.0.1:9001", "127.0.0.1", 9001, ""), ("169.254.100.1:9001", "169.254.100.1", 9001, ""),
    ("http://127.0.0.1:9000/.rt", "127.0.0.1", 9000, "/.rt"),
    ("127.0.0.1:9000/.rt/my_function/", "127.0.0.1", 9000, "/.rt/my_function"),
    ("HTTP://localhost", "localhost", 80, ""), ("[::1]:7000", "::1", 7000, ""),
  ])
  func everySpellingIsRead(_ text: String, _ host: String, _ port: Int, _ prefix: String) throws {
    let address = try RuntimeAddress(text)
    #expect(address.host == host)
    #expect(address.port == port)
    #expect(address.prefix == prefix)
  }

  @Test(arguments: [
    "https://127.0.0.1:9001", "127.0.0.1:0", "127.0.0.1:99999", ":9001", "", "user@host:1", "127.1:9001",
    "127.0.0.1:9001/a b", "127.0.0.1:9001/?x", "127.0.0.1:9001/a\r\nx: y",
  ])
  func nonsenseIsRefused(_ text: String) {
    #expect(throws: RuntimeAddress.Invalid.self) { try RuntimeAddress(text) }
  }

  @Test func thePathsStandBehindThePrefix() throws {
    let wire = RuntimeWire(try RuntimeAddress("http://127.0.0.1:9000/.rt"))
    let request = String(buffer: wire.next)
    #expect(request.hasPrefix("GET /.rt/2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: 127.0.0.1:9000\r\n"))
    #expect(request.hasSuffix("\r\n\r\n"))
  }
}
