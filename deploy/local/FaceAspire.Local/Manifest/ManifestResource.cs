using System.Text.Json.Serialization;

namespace FaceAspire.Local.Manifest;

/// <summary>One entry of the manifest; its type says what it is.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ProjectResource), "project.v0")]
[JsonDerivedType(typeof(ContainerResource), "container.v0")]
[JsonDerivedType(typeof(ParameterResource), "parameter.v0")]
[JsonDerivedType(typeof(ValueResource), "value.v0")]
[JsonDerivedType(typeof(AnnotatedStringResource), "annotated.string")]
public abstract record ManifestResource;
