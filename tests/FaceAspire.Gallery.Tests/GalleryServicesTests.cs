using FaceAspire.Gallery.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FaceAspire.Gallery.Tests;

public sealed class GalleryServicesTests
{
    [Fact]
    public async Task AddFaceGallery_Sqlite_OpensItsFolderOnFirstUse()
    {
        using TemporaryFolder folder = new();
        string data = Path.Combine(folder.Path, "data");
        await using var provider = new ServiceCollection()
            .AddLogging()
            .AddSingleton(Options.Create(new GalleryOptions { DataDir = data }))
            .AddFaceGallery()
            .AddFaceGallery()
            .BuildServiceProvider();

        var gallery = provider.GetRequiredService<IFaceGallery>().ShouldBeOfType<SqliteFaceGallery>();
        Directory.Exists(data).ShouldBeFalse();
        (await gallery.ListGalleriesAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        File.Exists(Path.Combine(data, "galleries.db")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("/srv/data", "/home/ada", "/srv/data")]
    [InlineData("relative", "/home/ada", "/home/ada/.local/share")]
    [InlineData("", "/home/ada", "/home/ada/.local/share")]
    [InlineData(null, "", null)]
    public void UserData_OnLinux_FollowsTheBaseDirectorySpecification(string? xdg, string home, string? expected)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "paths of Linux");
        UserData.Linux(xdg, home).ShouldBe(expected);
    }
}
