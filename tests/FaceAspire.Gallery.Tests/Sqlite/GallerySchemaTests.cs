using FaceAspire.Contracts.Errors;
using FaceAspire.Gallery.Sqlite;
using Microsoft.Data.Sqlite;
using static FaceAspire.Gallery.Tests.GalleryFaces;

namespace FaceAspire.Gallery.Tests.Sqlite;

public sealed class GallerySchemaTests : IDisposable
{
    private readonly OpenedGallery _gallery = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Database => Path.Combine(_gallery.Folder, "galleries.db");

    public void Dispose() => _gallery.Dispose();

    [Fact]
    public async Task Upgrade_OlderVersion_RunsTheStepsItLacksAndKeepsTheRows()
    {
        await _gallery.Store.EnrolAsync("g", [Face("Ada", 1)], Token);
        _gallery.Close();
        using var session = SqliteSession.OpenWriter(Database);
        long version = session.Number("PRAGMA user_version")!.Value;
        GallerySchema.Upgrade(session, [.. GallerySchema.Steps, "ALTER TABLE galleries ADD COLUMN note TEXT; UPDATE galleries SET note = name;", "CREATE TABLE labels (id INTEGER PRIMARY KEY);"]);

        session.Number("PRAGMA user_version").ShouldBe(version + 2);
        session.Query("SELECT note, faces FROM galleries", static row => (row.GetString(0), row.GetInt32(1))).ShouldBe([("g", 1)]);
        session.Number("SELECT COUNT(*) FROM labels").ShouldBe(0);
    }

    [Fact]
    public async Task Upgrade_AStepFails_LeavesTheOldVersionWhole()
    {
        await _gallery.Store.CreateGalleryAsync("g", Token);
        _gallery.Close();
        using (var session = SqliteSession.OpenWriter(Database))
        {
            Should.Throw<SqliteException>(() => GallerySchema.Upgrade(session, [.. GallerySchema.Steps, "DROP TABLE faces; DROP TABLE no_such_table;"]));
            session.Number("PRAGMA user_version").ShouldBe(GallerySchema.Steps.Count);
        }

        (await _gallery.Store.EnrolAsync("g", [Face("Ada", 1)], Token)).Count.ShouldBe(1);
    }

    [Fact]
    public void Open_NewerVersion_IsRefusedAndUntouched()
    {
        _gallery.Store.Open();
        _gallery.Close();
        using (var session = SqliteSession.OpenWriter(Database))
        {
            session.ExecuteScript("PRAGMA user_version = 99;");
        }

        var failure = Should.Throw<FaceAspireException>(() => _gallery.Store);
        failure.Code.ShouldBe(ErrorCode.ServiceUnavailable);
        failure.Message.ShouldContain("version 99");
        using var after = SqliteSession.OpenReader(Database);
        after.Number("PRAGMA user_version").ShouldBe(99);
    }

    [Fact]
    public void Open_DatabaseOfAnotherProgram_IsRefused()
    {
        using (SqliteConnection other = new($"Data Source={Database};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "CREATE TABLE bookmarks (url TEXT); PRAGMA user_version = 1;";
            command.ExecuteNonQuery();
        }

        Should.Throw<FaceAspireException>(() => _gallery.Store).Message.ShouldContain("another program");
    }

    /// <summary>A million faces must be counted, paged and looked up without going through them.</summary>
    [Theory]
    [InlineData("SELECT f.id FROM faces f JOIN subjects s ON s.id = f.subject WHERE f.gallery = 1 AND f.id > 5 ORDER BY f.id LIMIT 3")]
    [InlineData("SELECT f.id FROM faces f JOIN subjects s ON s.id = f.subject WHERE f.subject = 1 AND f.id > 5 ORDER BY f.id LIMIT 3")]
    [InlineData("SELECT f.id FROM faces f JOIN subjects s ON s.id = f.subject WHERE f.gallery = 1 AND f.content_hash = x'00' ORDER BY f.id")]
    [InlineData("SELECT f.id FROM faces f JOIN subjects s ON s.id = f.subject WHERE f.id IN (SELECT value FROM json_each('[1,2]'))")]
    [InlineData("SELECT s.name FROM subjects s WHERE s.gallery = 1 AND s.name > 'a' ORDER BY s.name LIMIT 3")]
    [InlineData("SELECT m.subject FROM metadata m JOIN subjects s ON s.id = m.subject WHERE m.name = 'a' AND m.value = 'b' AND s.gallery = 1")]
    [InlineData("SELECT e.row, e.face, f.subject, e.vector FROM embeddings e JOIN faces f ON f.id = e.face WHERE e.space = 1 AND e.change > 5")]
    [InlineData("SELECT e.row, e.face, f.subject, e.vector FROM embeddings e JOIN faces f ON f.id = e.face WHERE e.space = 1 AND e.row = 5")]
    public void QueryPlan_OfAQueryThatIsOften_ScansAndSortsNothing(string sql)
    {
        _gallery.Store.Open();
        using var session = SqliteSession.OpenReader(Database);
        var plan = session.Query("EXPLAIN QUERY PLAN " + sql, static row => row.GetString(3));
        plan.ShouldNotContain(static step => step.StartsWith("SCAN", StringComparison.Ordinal) && !step.Contains("json_each", StringComparison.Ordinal), string.Join(" / ", plan));
        plan.ShouldNotContain(static step => step.Contains("TEMP B-TREE", StringComparison.Ordinal), string.Join(" / ", plan));
    }
}
