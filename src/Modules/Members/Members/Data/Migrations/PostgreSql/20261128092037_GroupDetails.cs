using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Members.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class GroupDetails : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "avatar_url",
                schema: "members",
                table: "rosters",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "description",
                schema: "members",
                table: "rosters",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "inserted_at",
                schema: "members",
                table: "rosters",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "name",
                schema: "members",
                table: "rosters",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<int>(
                name: "sustainability_points",
                schema: "members",
                table: "rosters",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "updated_at",
                schema: "members",
                table: "rosters",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "xp",
                schema: "members",
                table: "rosters",
                type: "integer",
                nullable: false,
                defaultValue: 0);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "avatar_url",
                schema: "members",
                table: "rosters");

            migrationBuilder.DropColumn(
                name: "description",
                schema: "members",
                table: "rosters");

            migrationBuilder.DropColumn(
                name: "inserted_at",
                schema: "members",
                table: "rosters");

            migrationBuilder.DropColumn(
                name: "name",
                schema: "members",
                table: "rosters");

            migrationBuilder.DropColumn(
                name: "sustainability_points",
                schema: "members",
                table: "rosters");

            migrationBuilder.DropColumn(
                name: "updated_at",
                schema: "members",
                table: "rosters");

            migrationBuilder.DropColumn(
                name: "xp",
                schema: "members",
                table: "rosters");
        }
    }
}
