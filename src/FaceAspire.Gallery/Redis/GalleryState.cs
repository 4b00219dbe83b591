using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FaceAspire.Contracts.Responses;
using StackExchange.Redis;

namespace FaceAspire.Gallery.Redis;

/// <summary>A gallery as a whole.</summary>
internal sealed class GalleryState
{
    /// <summary>This life of the gallery, of no other.</summary>
    public required string Generation { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>This state, of no other: a change that was planned on it is made only while it is there.</summary>
    public string Stamp { get; set; } = "";

    /// <summary>The largest id that a face of it ever had.</summary>
    public long LastFace { get; set; }

    /// <summary>Number of the next subject.</summary>
    public long NextSubject { get; set; } = 1;

    /// <summary>Number of the next space.</summary>
    public int NextSpace { get; set; } = 1;

    /// <summary>How many subjects there are.</summary>
    public int Subjects { get; set; }

    /// <summary>How many faces there are.</summary>
    public int Faces { get; set; }

    /// <summary>Number of the last change that touched faces.</summary>
    public long Change { get; set; }

    /// <summary>The <see cref="Stamp"/> that change gave: the same number may come again with another one when a server loses its last changes.</summary>
    public string ChangeStamp { get; set; } = "";

    /// <summary>Its spaces, in the order in which they came.</summary>
    public List<SpaceState> Spaces { get; init; } = [];

    /// <summary>Spaces that are removed, of which faces may still have vectors.</summary>
    public List<int> RemovedSpaces { get; init; } = [];

    /// <summary>The state of a space; null when the gallery does not have it.</summary>
    public SpaceState? Find(EmbeddingSpace space) => Spaces.Find(each => each.Space == space);

    /// <summary>The gallery as callers see it.</summary>
    public GalleryEntry ToEntry(string name) => new(
        name,
        Subjects,
        Faces,
        [.. Spaces.OrderByDescending(static space => space.IsActive).Select(static space => new GallerySpace(space.Space, space.Faces, space.IsComplete, space.IsActive))],
        CreatedAt);
}

/// <summary>One space of a gallery.</summary>
internal sealed class SpaceState
{
    /// <summary>Its number in the gallery, never given again.</summary>
    public required int Number { get; init; }

    /// <summary>The space.</summary>
    public required EmbeddingSpace Space { get; init; }

    /// <summary>Whether its vectors are in a vector set: the server had such when the space began.</summary>
    public required bool HasVectorSet { get; init; }

    /// <summary>How many faces have an embedding of it.</summary>
    public int Faces { get; set; }

    /// <summary>Whether every face has one that can.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Whether it is searched when a request names none.</summary>
    public bool IsActive { get; set; }

    /// <summary>No vector that was ever in it is shorter.</summary>
    public double ShortestNorm { get; set; } = double.MaxValue;

    /// <summary>No vector that was ever in it is longer.</summary>
    public double LongestNorm { get; set; }
}

/// <summary>A subject.</summary>
internal sealed class SubjectState
{
    /// <summary>Its name.</summary>
    public required string Name { get; set; }

    /// <summary>When its first face came.</summary>
    public required DateTimeOffset CreatedAt { get; set; }

    /// <summary>What else is known.</summary>
    public Dictionary<string, string> Metadata { get; set; } = [];
}

/// <summary>A face, without its thumbnail and vectors.</summary>
internal sealed class FaceState
{
    /// <summary>Field of a face's hash that holds this.</summary>
    public const string Field = "face";

    /// <summary>Field of a face's hash that holds its thumbnail.</summary>
    public const string ThumbnailField = "thumbnail";

    /// <summary>Number of its subject.</summary>
    public required long Subject { get; set; }

    /// <summary>SHA-256 of its picture.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Which face of the picture.</summary>
    public required int FaceIndex { get; init; }

    /// <summary>Where it is in the picture.</summary>
    public required FacialArea Area { get; init; }

    /// <summary>The detector's score.</summary>
    public required double Confidence { get; init; }

    /// <summary>The picture's file.</summary>
    public required string? Source { get; set; }

    /// <summary>Whether there is a thumbnail.</summary>
    public required bool HasThumbnail { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset EnrolledAt { get; init; }

    /// <summary>Numbers of the spaces that it has vectors of; removed ones may still be among them.</summary>
    public List<int> Spaces { get; init; } = [];

    /// <summary>Field of a face's hash that holds its vector of a space: float32, little-endian.</summary>
    public static RedisValue VectorField(int space) => "vector:" + space.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The face as callers see it.</summary>
    public EnrolledFace ToFace(long id, string subject) => new(id, subject, ContentHash, FaceIndex, Area, Confidence, Source, HasThumbnail, EnrolledAt);
}

/// <summary>The JSON of values in Redis.</summary>
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(GalleryState))]
[JsonSerializable(typeof(SubjectState))]
[JsonSerializable(typeof(FaceState))]
[JsonSerializable(typeof(FolderFile))]
internal sealed partial class RedisJson : JsonSerializerContext
{
    /// <summary>A value as JSON.</summary>
    public static RedisValue Write<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    /// <summary>The value of JSON that <see cref="Write"/> made; null of nothing.</summary>
    public static T? Read<T>(RedisValue value, JsonTypeInfo<T> type)
        where T : class => value.IsNull ? null : JsonSerializer.Deserialize(((ReadOnlyMemory<byte>)value).Span, type);
}
