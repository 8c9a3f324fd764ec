# Sourced by the scripts at the root: finds a JDK 25 and exports JAVA_HOME, or says what to install.

is_jdk_25() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] && grep -q '^JAVA_VERSION="25[".]' "$1/release"
}

find_jdk_25() {
  local candidate on_path
  on_path=$(command -v javac 2>/dev/null) && on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for candidate in "${FOREBAY_JAVA_HOME:-}" "${JAVA_HOME:-}" "${on_path:-}" \
    /usr/lib/jvm/*25* /opt/*25* /opt/java/* "${HOME:-}"/.sdkman/candidates/java/25* "${HOME:-}"/.jdks/*25* \
    /Library/Java/JavaVirtualMachines/*25*/Contents/Home; do
    if [ -n "$candidate" ] && is_jdk_25 "$candidate"; then
      export JAVA_HOME=$candidate
      return 0
    fi
  done
  echo "Forebay needs a JDK 25, and none was found (JAVA_HOME, PATH, /usr/lib/jvm, /opt, ~/.sdkman)." \
    "Install one, for example Eclipse Temurin 25 (package temurin-25-jdk), and set JAVA_HOME to it." >&2
  return 1
}
