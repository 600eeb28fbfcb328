# Sourced by the other scripts: finds Swift and installs what is missing. Not a command of its own.
# Everything that Kaira needs from the machine is named here and nowhere else.

# To build and to run: codecs, drawing, software OpenGL, video, and pip, which fetches the model weights.
kaira_packages=(
    git pkg-config libc6-dev libstdc++-12-dev binutils zlib1g-dev
    libpng-dev libturbojpeg0-dev libcairo2-dev libmatio-dev
    libegl-dev libgl-dev libopengl-dev libegl1 libegl-mesa0 libgl1-mesa-dri
    ffmpeg fonts-dejavu-core ca-certificates
    python3 python3-pip python3-venv curl
)

# Ends the script with one sentence.
stop() {
    printf '%s\n' "$*" >&2
    exit 69
}

find_swift() {
    if ! command -v swift >/dev/null 2>&1 && [ -x /opt/swift/usr/bin/swift ]; then
        export PATH="/opt/swift/usr/bin:$PATH"
    fi
    command -v swift >/dev/null 2>&1 || stop "Swift was not found: install Swift 6.3 or newer from" \
        "https://www.swift.org/install/linux/ (unpack it and put its usr/bin on PATH), then run this again."
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    case "$version" in
    6.[0-2] | [0-5].*) stop "Swift $version is too old: Kaira needs 6.3 or newer, see https://www.swift.org/install/linux/." ;;
    esac
}

# Installs those of the given Debian packages that are not installed; with none missing it needs no network.
install_packages() {
    command -v dpkg-query >/dev/null 2>&1 || {
        printf 'This is not Debian: please see to it yourself that these are installed: %s\n' "$*" >&2
        return 0
    }
    local missing=() package
    for package in "$@"; do
        case "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" in
        "install ok installed") ;;
        *) missing+=("$package") ;;
        esac
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    printf 'Installing Debian packages: %s\n' "${missing[*]}"
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null 2>&1 || stop "These packages are missing and neither root nor sudo is at hand:" \
            "${missing[*]} (as root: apt-get install ${missing[*]})."
        as_root=(sudo)
    fi
    local log
    log=$(mktemp)
    if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update >"$log" 2>&1 ||
        ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
            "${missing[@]}" >>"$log" 2>&1; then
        tail -n 5 "$log" >&2
        stop "apt-get could not install ${missing[*]}: see $log, and check the network."
    fi
    rm -f "$log"
}

# The built `kaira`.
kaira() {
    "$root/.build/release/kaira" "$@"
}

# The weights are fetched once and kept; later runs need no network.
pull_models() {
    kaira models pull blazepose || stop "The pose model could not be fetched: run 'kaira models pull blazepose' with a" \
        "network, or copy the folder that 'kaira models path blazepose' names from another machine."
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
