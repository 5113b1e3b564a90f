using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Groups.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class NameKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_groups_creator_id_name",
                schema: "groups",
                table: "groups");

            migrationBuilder.AddColumn<int>(
                name: "folding_version",
                schema: "groups",
                table: "groups",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "name_key",
                schema: "groups",
                table: "groups",
                type: "text",
                nullable: false,
                defaultValue: "");

            // Unique until the service folds the names, also where two names have become the same.
            migrationBuilder.Sql("UPDATE groups.groups SET name_key = id::text");

            // For a node of the former version that still makes groups.
            migrationBuilder.Sql("ALTER TABLE groups.groups ALTER COLUMN name_key SET DEFAULT gen_random_uuid()::text");

            migrationBuilder.CreateIndex(
                name: "ix_groups_creator_id_name_key",
                schema: "groups",
                table: "groups",
                columns: new[] { "creator_id", "name_key" },
                unique: true,
                filter: "deleted_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_groups_creator_id_name_key",
                schema: "groups",
                table: "groups");

            migrationBuilder.DropColumn(
                name: "folding_version",
                schema: "groups",
                table: "groups");

            migrationBuilder.DropColumn(
                name: "name_key",
                schema: "groups",
                table: "groups");

            migrationBuilder.CreateIndex(
                name: "ix_groups_creator_id_name",
                schema: "groups",
                table: "groups",
                columns: new[] { "creator_id", "name" },
                unique: true,
                filter: "deleted_at IS NULL");
        }
    }
}
