namespace FaceAspire.Gallery;

/// <summary>The folder where this system keeps a user's data.</summary>
internal static class UserData
{
    /// <summary>The galleries' folder for the running process; null for a user without a home.</summary>
    public static string? GalleryFolder()
    {
        string? root = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Under(Home(), "Library/Application Support")
            : Linux(Environment.GetEnvironmentVariable("XDG_DATA_HOME"), Home());
        return Under(root, "faceaspire");
    }

    /// <summary>The XDG base directory specification: a relative <c>XDG_DATA_HOME</c> is to be ignored.</summary>
    internal static string? Linux(string? xdgDataHome, string? home) => Path.IsPathFullyQualified(xdgDataHome ?? "") ? xdgDataHome : Under(home, ".local/share");

    // An empty or relative root would put faces into the working directory.
    internal static string? Under(string? root, string folder) => Path.IsPathFullyQualified(root ?? "") ? Path.Combine(root!, folder) : null;

    private static string Home() => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
}
