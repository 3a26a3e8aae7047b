import Testing

@testable import LoadGen

@Suite struct ProxyStatusFieldTests {
  private func parse(_ values: String...) -> [ProxyStatusField] { ProxyStatusField.parse(values) }

  @Test func membersAreReadInOrder() {
    let members = parse("a;error=x, b ; cause=y;error=z", "c")
    #expect(members.map(\.proxy) == ["a", "b", "c"])
    #expect(members.map(\.error) == ["x", "z", nil])
    #expect(members.map(\.cause) == [nil, "y", nil])
  }

  @Test func quotedStringsHideSeparators() {
    let members = parse(#""a, b; c"; details="x, y; error=no \" , z"; error=dns_error, d"#)
    #expect(members.map(\.proxy) == ["a, b; c", "d"])
    #expect(members.first?.error == "dns_error")
  }

  @Test(arguments: ["", " ", ",", ";;", "a;", "a;=", "a;error", "\"", "\"\\", "a;error=\"", "=,;="])
  func nonsenseIsNoTrouble(value: String) {
    #expect(parse(value).allSatisfy { !$0.proxy.isEmpty })
  }
}
