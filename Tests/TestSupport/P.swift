import NIOCore
import NIOPosix
import ToolSupport

enum Placeholder {}
