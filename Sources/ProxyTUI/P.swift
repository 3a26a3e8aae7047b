import CTerminal
import LoadGen

enum Placeholder {}
