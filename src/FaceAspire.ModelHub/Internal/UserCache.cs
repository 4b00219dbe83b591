namespace FaceAspire.ModelHub.Internal;

/// <summary>The folder where this system keeps a user's caches.</summary>
internal static class UserCache
{
    /// <summary>The models' folder for the running process; null for a user without a home.</summary>
    public static string? ModelsFolder()
    {
        string? root = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : OperatingSystem.IsMacOS() ? Under(Home(), "Library/Caches")
            : Linux(Environment.GetEnvironmentVariable("XDG_CACHE_HOME"), Home());
        return Under(root, "faceaspire/models");
    }

    /// <summary>The XDG base directory specification: a relative <c>XDG_CACHE_HOME</c> is to be ignored.</summary>
    internal static string? Linux(string? xdgCacheHome, string? home) => Path.IsPathFullyQualified(xdgCacheHome ?? "") ? xdgCacheHome : Under(home, ".cache");

    // An empty or relative root would turn the cache into a folder of the working directory, which is never searched.
    internal static string? Under(string? root, string folder) => Path.IsPathFullyQualified(root ?? "") ? Path.Combine(root!, folder) : null;

    private static string Home() => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
}
