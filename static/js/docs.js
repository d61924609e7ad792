// The API's documentation, from the OpenAPI document that the page names.

const { SwaggerUIBundle } = /** @type {any} */ (globalThis);

SwaggerUIBundle({
  url: document.body.dataset.openapi,
  dom_id: "#swagger",
  deepLinking: true,
  // Swagger's own validator lives on another host.
  validatorUrl: null,
});
