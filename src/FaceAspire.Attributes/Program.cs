using FaceAspire.Attributes;
using FaceAspire.ServiceDefaults;

var builder = ServiceHost.CreateBuilder(args);

builder.AddServiceDefaults("attributes");
builder.AddAttributes();

var app = builder.Build();

app.UseServiceDefaults();
app.MapServiceInfo("attributes");
app.MapAttributes();

return await app.RunServiceAsync();
