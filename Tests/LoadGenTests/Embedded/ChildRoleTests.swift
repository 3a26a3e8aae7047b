import Testing

@testable import LoadGen

@Suite struct ChildRoleTests {
  @Test func roles() throws {
    let (role, rest) = try #require(ChildRole.named(in: ["__role", "gzproxy", "serve", "--listen", "x"]))
    #expect(role == .gzproxy)
    #expect(rest == ["serve", "--listen", "x"])
    #expect(ChildRole.named(in: ["__role", "gzorigin"])?.arguments == [])
    #expect(ChildRole.named(in: ["__role", "gzlambda", "--", "x"])?.arguments == ["--", "x"])
    for other in [[], ["__role"], ["__role", "sh"], ["http://h/", "__role", "gzproxy"]] {
      #expect(ChildRole.named(in: other) == nil)
    }
  }

  @Test func aToolBesideUsIsUsed() {
    let found = ChildCommand.locate(.gzproxy, beside: "/opt/bin/gzload") { $0 == "/opt/bin/gzproxy" }
    #expect(found == ChildCommand(executable: "/opt/bin/gzproxy"))
  }

  @Test func otherwiseWeBecomeIt() {
    let found = ChildCommand.locate(.gzorigin, beside: "/opt/bin/gzload") { _ in false }
    #expect(found == ChildCommand(executable: "/opt/bin/gzload", leadingArguments: ["__role", "gzorigin"]))
    // Renamed to the role's own name, we are not the tool of that name.
    let renamed = ChildCommand.locate(.gzorigin, beside: "/opt/bin/gzorigin") { _ in true }
    #expect(renamed.leadingArguments == ["__role", "gzorigin"])
  }

  /// A link to oneself leads a child to itself.
  @Test func aLinkToUsIsOneThatOthersCanFollow() {
    let link = ChildCommand(executable: "/proc/self/exe", leadingArguments: ["__role", "gzproxy"])
    let shown = link.forOthers.executable.split(separator: "/")
    #expect(shown.count == 3 && shown[0] == "proc" && Int32(shown[1]) != nil && shown[2] == "exe")
    #expect(link.forOthers.leadingArguments == link.leadingArguments)
    #expect(ChildCommand(executable: "/opt/bin/gzproxy").forOthers.executable == "/opt/bin/gzproxy")
  }

  @Test func theRunningToolIsFound() throws {
    #expect(try #require(ChildCommand.locate(.gzorigin)).executable.hasPrefix("/"))
  }
}
