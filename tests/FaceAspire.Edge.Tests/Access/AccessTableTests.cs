using FaceAspire.Edge.Access;
using Microsoft.AspNetCore.Http;

namespace FaceAspire.Edge.Tests.Access;

public sealed class AccessTableTests
{
    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "")] // what PATH_BASE leaves of itself
    [InlineData("HEAD", "/")]
    [InlineData("GET", "/health")]
    [InlineData("GET", "/health/")]
    [InlineData("GET", "/HEALTH/Ready")]
    [InlineData("GET", "/health/live")]
    [InlineData("get", "/alive")]
    [InlineData("GET", "/openapi/v1.json")]
    [InlineData("GET", "/scalar")]
    [InlineData("GET", "/scalar/v1")]
    public void RuleFor_PublicPath_WantsNoKey(string method, string path) => RuleFor(method, path).Needs.ShouldBe(Scopes.None);

    [Theory]
    [InlineData("POST", "/api/v1/verify")]
    [InlineData("POST", "/API/v1/Represent/")]
    [InlineData("GET", "/api/v1/models")]
    [InlineData("POST", "/api/v1/find")]
    [InlineData("OPTIONS", "/api/v1/verify")]
    [InlineData("GET", "/api/v1/galleries/staff/subjects")]
    [InlineData("HEAD", "/api/v1/galleries/staff/export")]
    [InlineData("POST", "/api/v1/galleries/staff/search")]
    [InlineData("POST", "/api/v1/galleries/staff/subjects/anna/verify")]
    public void RuleFor_Reading_WantsRead(string method, string path) => RuleFor(method, path).Needs.ShouldBe(Scopes.Read);

    [Theory]
    [InlineData("POST", "/api/v1/galleries/staff/subjects/anna/faces")]
    [InlineData("PATCH", "/api/v1/galleries/staff/subjects/anna")]
    [InlineData("DELETE", "/api/v1/galleries/staff/subjects/anna")]
    [InlineData("post", "/api/v1/galleries/staff/import")]
    [InlineData("PUT", "/api/v1/Galleries/staff")]
    [InlineData("POST", "/api/v1/galleries/staff/subjects/search")] // a subject of that name, not the search
    [InlineData("BREW", "/api/v1/galleries/staff")]
    public void RuleFor_WritingToAGallery_WantsEnrol(string method, string path) => RuleFor(method, path).Needs.ShouldBe(Scopes.Enrol);

    [Theory]
    [InlineData("DELETE", "/api/v1/galleries/staff")]
    [InlineData("delete", "/api/v1/galleries/staff/")]
    [InlineData("DELETE", "/api/v1/GALLERIES/staff")]
    [InlineData("POST", "/")]
    [InlineData("POST", "/health")]
    [InlineData("GET", "/health/secret")]
    [InlineData("GET", "/healthy")]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/api/v2/models")]
    [InlineData("GET", "//")]
    public void RuleFor_AnythingElse_WantsAdmin(string method, string path) => RuleFor(method, path).Needs.ShouldBe(Scopes.Admin);

    /// <summary>Paths that someone behind the edge might read as another than the table does.</summary>
    [Theory]
    [InlineData("GET", "/health/..%2fapi/v1/models")]
    [InlineData("GET", "/scalar/%2e%2e/api/v1/models")]
    [InlineData("DELETE", "/api/v1/x/%2e%2e/galleries/staff")]
    [InlineData("DELETE", "/api/v1//galleries/staff")]
    [InlineData("DELETE", "/api/v1/galleries//staff")]
    [InlineData("DELETE", "/api/v1/galleries%2Fstaff")]
    [InlineData("DELETE", "/api/v1\\galleries/staff")]
    [InlineData("GET", "/alive//")]
    [InlineData("GET", "/scalar/../api/v1/models")]
    [InlineData("GET", "/./alive")]
    public void RuleFor_PathWithTwoReadings_WantsAdmin(string method, string path) => RuleFor(method, path).Needs.ShouldBe(Scopes.Admin);

    [Fact]
    public void RuleFor_Probes_AreTheOnlyOnesNotLimited()
    {
        foreach (string path in (string[])["/health", "/health/live", "/health/ready", "/alive"])
        {
            RuleFor("GET", path).IsLimited.ShouldBeFalse(path);
        }

        foreach (string path in (string[])["/", "/scalar", "/openapi/v1.json", "/health/x", "/api/v1/models", "/nothing"])
        {
            RuleFor("GET", path).IsLimited.ShouldBeTrue(path);
        }
    }

    // Not by the conversion from string, which would unescape the path once more.
    private static AccessRule RuleFor(string method, string path) => AccessTable.RuleFor(method, new PathString(path));
}
