namespace FaceAspire.Local.Manifest;

/// <summary>A volume of a container.</summary>
/// <param name="Name">Name by which it outlives the container.</param>
/// <param name="Target">Folder inside the container.</param>
/// <param name="ReadOnly">Whether the container only reads it.</param>
public sealed record ContainerVolume(string Name, string Target, bool ReadOnly = false);
