using System.ComponentModel.DataAnnotations;
using FaceAspire.Gallery.Redis;
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

    [Fact]
    public void AddFaceGallery_Redis_ConnectsOnFirstUseOnly()
    {
        using var provider = new ServiceCollection()
            .AddLogging()
            .AddSingleton(Options.Create(new GalleryOptions { Store = "redis", Redis = "127.0.0.1:1" })) // nobody listens there
            .AddFaceGallery()
            .BuildServiceProvider();

        provider.GetRequiredService<IFaceGallery>().ShouldBeOfType<RedisFaceGallery>();
    }

    [Theory]
    [InlineData("sqlite", null, true)]
    [InlineData("redis", "host:6379,password=secret", true)]
    [InlineData("redis", null, false)]
    [InlineData("redis", "host:6379,nonsense=secret", false)]
    public void Options_Redis_NeedsAConnectionString(string store, string? connection, bool isValid)
    {
        GalleryOptions options = new() { Store = store, Redis = connection };
        List<ValidationResult> problems = [];

        Validator.TryValidateObject(options, new(options), problems, validateAllProperties: true).ShouldBe(isValid);
        problems.ShouldAllBe(static problem => problem.ErrorMessage!.StartsWith("ConnectionStrings__cache:") && !problem.ErrorMessage.Contains("secret"));
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
