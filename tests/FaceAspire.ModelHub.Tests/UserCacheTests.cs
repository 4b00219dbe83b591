using FaceAspire.ModelHub.Internal;

namespace FaceAspire.ModelHub.Tests;

public sealed class UserCacheTests
{
    [Theory]
    [InlineData("/var/cache/ann", "/home/ann", "/var/cache/ann")]
    [InlineData(null, "/home/ann", "/home/ann/.cache")]
    [InlineData("", "/home/ann", "/home/ann/.cache")]
    [InlineData("cache", "/home/ann", "/home/ann/.cache")] // the specification: relative paths are to be ignored
    [InlineData(null, "", null)] // no home, no cache, and above all not the working directory
    [InlineData(null, null, null)]
    public void Linux_FollowsTheBaseDirectorySpecification(string? xdgCacheHome, string? home, string? expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "paths of Unix");

        UserCache.Linux(xdgCacheHome, home).ShouldBe(expected);
    }

    [Fact]
    public void ModelsFolder_IsAbsoluteOrNone() => (UserCache.ModelsFolder() is not { } folder || Path.IsPathFullyQualified(folder)).ShouldBeTrue();
}
